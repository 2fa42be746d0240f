const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A character's width in shares of the font size; guessed, since nothing measures text on a server. */
const LETTER_EM = 0.56;
const WIDE_EM = 1.05;
const LAST_ALPHABETIC_CODE_POINT = 0x10ff;
const NEVER_IN_XML = /[\p{Control}\p{Surrogate}\u2028\u2029\ufffe\uffff]/gu;
const BIDI_CONTROLS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** About how wide `text` is drawn, in pixels. */
export function estimateTextWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const { segment } of graphemes.segment(text))
    ems += (segment.codePointAt(0) ?? 0) > LAST_ALPHABETIC_CODE_POINT ? WIDE_EM : LETTER_EM;
  return ems * fontSize;
}

/** `text`, or as many of its whole characters as fit with `…` behind them; at least one of them. */
export function truncateText(text: string, fontSize: number, widthPx: number): string {
  if (estimateTextWidth(text, fontSize) <= widthPx) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (kept !== '' && estimateTextWidth(`${kept}${segment}…`, fontSize) > widthPx) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Somebody's words without what XML can't carry or what turns the text around them. */
export function cleanText(text: string): string {
  return text.replace(NEVER_IN_XML, ' ').replace(BIDI_CONTROLS, '').trim();
}

/** Keeps the direction of somebody's words to themselves in text that can't have markup. */
export function isolateText(text: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(text)
    ? `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`
    : text;
}
