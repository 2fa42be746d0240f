/**
 * Every colour of the charts and pages, for light and dark. Series take Okabe and Ito's colours (Color Universal Design, 2008:
 * https://jfly.uni-koeln.de/color/), which people with colour-vision deficiencies tell apart; `…Text` are shades of them that are readable
 * as words. Charts are drawn in `light`; the dark scheme replaces each colour by a style rule, so a light value must not occur twice.
 */
export type Shade = { readonly light: string; readonly dark: string };

export const PALETTE = {
  surface: { light: '#ffffff', dark: '#14171c' },
  raised: { light: '#f6f7f9', dark: '#1c2027' },
  ink: { light: '#1b1f24', dark: '#e8eaed' },
  muted: { light: '#565d67', dark: '#a9b0ba' },
  rule: { light: '#dfe2e6', dark: '#343a43' },
  axis: { light: '#868e99', dark: '#7b838e' },
  link: { light: '#005a8f', dark: '#7cc4f0' },
  ready: { light: '#0072b2', dark: '#56b4e9' },
  readyText: { light: '#005f96', dark: '#7cc4ef' },
  starting: { light: '#56b4e9', dark: '#0072b3' },
  need: { light: '#7d8590', dark: '#98a0ab' },
  needText: { light: '#555c66', dark: '#b3bac4' },
  floor: { light: '#cc79a7', dark: '#cc79a8' },
  floorText: { light: '#963f70', dark: '#e3a3c5' },
  short: { light: '#d55e00', dark: '#e8782a' },
  shortText: { light: '#a84a00', dark: '#f39a58' },
  ok: { light: '#009e73', dark: '#1fbf90' },
  okText: { light: '#00724f', dark: '#45cfa6' },
  without: { light: '#8a6d00', dark: '#e69f00' },
  withoutText: { light: '#735b00', dark: '#ecb43a' },
  spot: { light: '#e69f00', dark: '#f0b429' },
  spotLine: { light: '#946700', dark: '#f5c451' },
} as const satisfies Readonly<Record<string, Shade>>;

export type ColourName = keyof typeof PALETTE;

/** Colours as CSS custom properties, e.g. `--ready:#0072b2;`. */
export function renderCustomProperties(scheme: keyof Shade): string {
  return Object.entries(PALETTE)
    .map(([name, shade]) => `--${name}:${shade[scheme]};`)
    .join('');
}

/** The rules that turn a chart drawn in light colours dark; `scope` is the selector of the chart's root. */
export function renderDarkChartRules(scope: string): string {
  return Object.values(PALETTE)
    .map(({ light, dark }) => `${scope} [fill="${light}"]{fill:${dark}}${scope} [stroke="${light}"]{stroke:${dark}}`)
    .join('');
}
