import { type ColourName, PALETTE } from '../palette.ts';

export type Dash = 'solid' | 'dashed' | 'dotted' | 'dash-dot';

const DASHES = { solid: undefined, dashed: [7, 4], dotted: [2, 3], 'dash-dot': [8, 3, 2, 3] } as const satisfies Record<
  Dash,
  readonly number[] | undefined
>;

/** Marks of a key as SVG content of 26 × 12 units. */
export function lineSwatch(colour: ColourName, width: number, dash: Dash = 'solid'): string {
  const dashes = DASHES[dash];
  const array = dashes === undefined ? '' : ` stroke-dasharray="${dashes.join(' ')}"`;
  return `<path d="M0 6H26" fill="none" stroke="${PALETTE[colour].light}" stroke-width="${width}"${array}/>`;
}

export function areaSwatch(colour: ColourName, opacity: number): string {
  return `<rect width="26" height="12" fill="${PALETTE[colour].light}" fill-opacity="${opacity}"/>`;
}

export function hatchSwatch(colour: ColourName): string {
  return `<path d="M0 12L12 0M7 12L19 0M14 12L26 0" fill="none" stroke="${PALETTE[colour].light}" stroke-width="2"/>`;
}

export function dotsSwatch(colour: ColourName): string {
  const dots = [4, 10, 16, 22].flatMap((x) => [3, 9].map((y) => `<circle cx="${x}" cy="${y}" r="1.3" fill="${PALETTE[colour].light}"/>`));
  return dots.join('');
}

export function eventSwatch(): string {
  return (
    `<path d="M4 1H1V11H4M1 6H10" fill="none" stroke="${PALETTE.ink.light}"/>` +
    `<rect x="10" y="1" width="15" height="10" fill="${PALETTE.floor.light}" fill-opacity=".28" stroke="${PALETTE.floor.light}"/>`
  );
}

/** One character, as it is drawn in the picture. */
export function textSwatch(character: string, colour: ColourName): string {
  return `<text x="13" y="10.5" text-anchor="middle" font-size="13" font-weight="bold" fill="${PALETTE[colour].light}">${character}</text>`;
}
