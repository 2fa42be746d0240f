import type { GraphicComponentOption } from 'echarts';
import { PALETTE } from '../palette.ts';

/** An element that stands where its pixels say: a bar, a bracket, a word. */
export type Mark = ElementOf<GraphicComponentOption>;

type ElementOf<Option> = Option extends { elements?: (infer Element)[] } ? (unknown extends Element ? never : Element) : never;

export const FONT_FAMILY = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";

export type TextStyle = {
  readonly colour: string;
  readonly align: 'left' | 'center' | 'right';
  readonly fontSize: number;
  readonly bold?: boolean;
  /** A rim of the background's colour, which keeps words readable on lines. */
  readonly rim?: boolean;
};

/** One line of text, its middle at `y`. */
export function textMark(text: string, x: number, y: number, { colour, align, fontSize, bold, rim }: TextStyle): Mark {
  return {
    type: 'text',
    silent: true,
    z: 20,
    x: roundPixels(x),
    y: roundPixels(y),
    style: {
      text,
      fill: colour,
      align,
      verticalAlign: 'middle',
      fontSize,
      fontFamily: FONT_FAMILY,
      fontWeight: bold === true ? 'bold' : 'normal',
      ...(rim === true ? { stroke: PALETTE.surface.light, lineWidth: 3 } : {}),
    },
  };
}

export function roundPixels(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
