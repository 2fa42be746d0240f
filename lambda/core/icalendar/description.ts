/** What a description says to Foretide: the YAML of its block; or why it can't be told. */
export type Block = { readonly yaml: string } | { readonly wrong: string };

/** Lines of a block and the keys that they may start with, its own and near misses, tell a setting from a remark. */
export type IsKey = (word: string) => boolean;

/**
 * The block of a description: fenced as ```foretide … ```, or below a line `foretide:`, indented or with lines that start with a key.
 * HTML, as Google and Outlook write it, is read as the text that it shows. What else people write, before, after, or on lines of their
 * own within the block, is left out. Undefined without a block.
 */
export function findBlock(description: string, isKey: IsKey): Block | undefined {
  const lines = asPlainText(description.slice(0, LONGEST_DESCRIPTION)).split('\n');
  const blocks = [...fencedBlocks(lines), ...openBlocks(lines)];
  const [first, second] = blocks;
  if (second !== undefined) return { wrong: 'its description has more than one foretide block: keep one' };
  return first === undefined ? undefined : { yaml: settingsOf(first, isKey) };
}

/** What follows is not looked at: nobody reads that far. */
const LONGEST_DESCRIPTION = 65_536;

const TAG =
  /<\/?(?:a|b|blockquote|body|br|code|div|em|font|h[1-6]|head|hr|html|html-blob|i|li|meta|o:p|ol|p|pre|span|strong|table|tbody|td|title|tr|u|ul)(?:\s[^<>]*)?\/?>/gi;
/** The end of one paragraph and the beginning of the next are one line break. */
const BETWEEN_BLOCKS = /<\/(?:p|div|li|tr|pre)>\s*<(?:p|div|li|tr|pre)(?:\s[^<>]*)?>/gi;
const LINE_TAG = /<(?:br\s*\/?|\/?(?:p|div|li|tr|pre|h[1-6]|blockquote|ul|ol)(?:\s[^<>]*)?)>/gi;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['nbsp', ' '],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function asPlainText(description: string): string {
  const isHtml = description.search(TAG) >= 0 || description.includes('&nbsp;');
  const text = isHtml
    ? decodeEntities(
        description
          .replace(/\r?\n(?=\s*<)/g, '')
          .replace(BETWEEN_BLOCKS, '\n')
          .replace(LINE_TAG, '\n')
          .replace(TAG, ''),
      )
    : description;
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u00A0\u2007\u202F]/g, ' ')
    .replace(/[\u200B\u200E\u200F\u2060\uFEFF]/g, '');
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:([a-z]{2,6})|#(\d{1,6})|#x([0-9a-f]{1,5}));/gi,
    (whole, name: string | undefined, decimal: string | undefined, hex: string | undefined) => {
      if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function fencedBlocks(lines: readonly string[]): string[][] {
  const blocks: string[][] = [];
  let open: string[] | undefined;
  for (const line of lines) {
    if (open === undefined) {
      if (/^\s*```\s*foretide\s*$/i.test(line)) open = [];
    } else if (/^\s*```/.test(line)) {
      blocks.push(open);
      open = undefined;
    } else open.push(line);
  }
  return open === undefined ? blocks : [...blocks, open];
}

/** `foretide:` at the start of a line, outside of a fence, and what belongs to it. */
function openBlocks(lines: readonly string[]): string[][] {
  const blocks: string[][] = [];
  let fenced = false;
  for (const [index, line] of lines.entries()) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    const [, indent, flow] = fenced ? [] : (/^(\s*)foretide:(?:\s+(.*))?\s*$/i.exec(line) ?? []);
    if (indent === undefined) continue;
    // Two are too many, however many there are.
    if (blocks.length === 2) break;
    const below = lines.slice(index + 1);
    blocks.push(
      flow === undefined || flow.trim() === '' || flow.startsWith('#')
        ? belowHeading(below, indent.length)
        : [flow, ...deeper(below, indent.length)],
    );
  }
  return blocks;
}

/** The indented lines; where a program has dropped indentation, those up to the first blank one. */
function belowHeading(lines: readonly string[], indent: number): string[] {
  const first = lines.find((line) => line.trim() !== '');
  if (first !== undefined && indentOf(first) > indent) return deeper(lines, indent);
  const begin = first === undefined ? 0 : lines.indexOf(first);
  const end = lines.findIndex((line, index) => index > begin && line.trim() === '');
  return lines.slice(begin, end < 0 ? lines.length : end);
}

function deeper(lines: readonly string[], indent: number): string[] {
  const end = lines.findIndex((line) => line.trim() !== '' && indentOf(line) <= indent);
  return lines.slice(0, end < 0 ? lines.length : end);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The lines that set something, with those below them that go deeper or list. */
function settingsOf(written: readonly string[], isKey: IsKey): string {
  const heading = written.findIndex((line) => line.trim() !== '');
  const [, inner] = /^\s*foretide:\s*$/i.exec(written[heading] ?? '') === null ? [] : [true, written.slice(heading + 1)];
  const lines = (inner ?? written).map((line) => line.replaceAll('\t', '  ').trimEnd()).filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  if (/^\s*\{/.test(first)) return lines.join('\n');
  const kept: string[] = [];
  let keyIndent: number | undefined;
  for (const line of lines) {
    const word = /^\s*["']?([A-Za-z][\w-]*)["']?\s*:(?:\s|$)/.exec(line)?.[1];
    const indent = indentOf(line);
    if (word !== undefined && (keyIndent === undefined || indent <= keyIndent)) {
      keyIndent = isKey(word) ? indent : undefined;
      if (keyIndent !== undefined) kept.push(line.trimStart());
    } else if (keyIndent !== undefined && (indent > keyIndent || /^\s*[-\]}]/.test(line))) kept.push(`  ${line}`);
    else keyIndent = undefined;
  }
  return kept.join('\n');
}
