import { describe, expect, it } from 'vitest';
import { type ColourName, PALETTE } from '../../report/palette.ts';

const TEXT: readonly ColourName[] = ['ink', 'muted', 'link', 'readyText', 'needText', 'floorText', 'shortText', 'okText', 'withoutText'];
const GRAPHICS: readonly ColourName[] = ['ready', 'need', 'floor', 'short', 'without', 'axis', 'ok', 'spotLine'];

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(one: string, other: string): number {
  const [lighter, darker] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each(['light', 'dark'] as const)('the %s palette', (scheme) => {
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it.each(TEXT)('%s is readable as text on both backgrounds', (name) => {
    expect(contrast(PALETTE[name][scheme], PALETTE.surface[scheme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(PALETTE[name][scheme], PALETTE.raised[scheme])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(GRAPHICS)('%s stands out as a line', (name) =>
    expect(contrast(PALETTE[name][scheme], PALETTE.surface[scheme])).toBeGreaterThanOrEqual(3),
  );

  it('has no colour twice, so that one can be replaced by its counterpart', () => {
    const colours = Object.values(PALETTE).map((shade) => shade[scheme]);
    expect(new Set(colours).size).toBe(colours.length);
  });
});
