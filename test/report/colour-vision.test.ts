import { describe, expect, it } from 'vitest';
import { type ColourName, PALETTE } from '../../report/palette.ts';

type Rgb = readonly [number, number, number];

/**
 * Severe colour-vision deficiencies as matrices on linear RGB: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based
 * Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, severity 1.0.
 */
const VISIONS = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const;

/** Colours that lie beside or upon each other in one picture. */
const NEIGHBOURS: readonly (readonly [ColourName, ColourName])[] = [
  ['ready', 'floor'],
  ['ready', 'without'],
  ['ready', 'short'],
  ['floor', 'without'],
  ['need', 'short'],
  ['need', 'ready'],
  ['starting', 'short'],
  ['ok', 'starting'],
  ['starting', 'spot'],
  ['ok', 'spot'],
];

/** ΔE (CIE 1976) from which two colours are told apart at a glance; 2.3 is just noticeable side by side. */
const TOLD_APART = 12;

describe.each(['light', 'dark'] as const)('neighbours in the %s palette', (scheme) => {
  it('are measured as CIE Lab does', () => {
    expect(distance('#ffffff', '#000000')).toBeCloseTo(100, 1);
    expect(distance('#ff0000', '#00ff00')).toBeCloseTo(170.6, 0);
  });

  it.each(Object.keys(VISIONS))('are told apart with %s', (vision) => {
    const matrix = Object.entries(VISIONS).find(([name]) => name === vision)?.[1] ?? [];
    const close = NEIGHBOURS.map(([one, other]) => ({
      pair: `${one} and ${other}`,
      apart: distance(PALETTE[one][scheme], PALETTE[other][scheme], matrix),
    })).filter(({ apart }) => apart < TOLD_APART);
    expect(close).toEqual([]);
  });
});

function distance(one: string, other: string, matrix?: readonly Rgb[]): number {
  const [a, b] = [one, other].map((colour) => toLab(simulate(toLinear(colour), matrix)));
  return Math.hypot(...[0, 1, 2].map((axis) => (a?.[axis] ?? 0) - (b?.[axis] ?? 0)));
}

function simulate(rgb: Rgb, matrix: readonly Rgb[] | undefined): Rgb {
  if (matrix === undefined) return rgb;
  const [red = 0, green = 0, blue = 0] = matrix.map((row) => Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])));
  return [red, green, blue];
}

function toLinear(colour: string): Rgb {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return [red, green, blue];
}

/** sRGB to CIE Lab under D65. */
function toLab([red, green, blue]: Rgb): Rgb {
  const bend = (t: number): number => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116);
  const x = bend((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = bend(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = bend((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
