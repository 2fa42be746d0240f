/** One property of an iCalendar, unfolded. */
export type ContentLine = {
  /** In capitals. */
  readonly name: string;
  /** Names in capitals, values without quotes. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** As written: escapes are the value type's business. */
  readonly value: string;
  /** Where it begins, from 1. */
  readonly line: number;
};

/** A line that is no property: not `NAME:value`. */
export type BrokenLine = { readonly broken: string; readonly line: number };

/**
 * The lines of an iCalendar (RFC 5545 section 3.1), folded ones joined, blank ones left out; CRLF, LF and CR all end a line, and a byte
 * order mark is passed over. No text gives no lines.
 */
export function readContentLines(text: string): (ContentLine | BrokenLine)[] {
  return unfold(text.replace(/^\uFEFF/, '')).map(({ text: written, line }) => parseLine(written, line) ?? { broken: written, line });
}

type Unfolded = { readonly text: string; readonly line: number };

function unfold(text: string): Unfolded[] {
  const lines: { text: string; line: number }[] = [];
  for (const [index, written] of text.split(/\r\n|\n|\r/).entries()) {
    const last = lines.at(-1);
    if (last !== undefined && /^[ \t]/.test(written)) last.text += written.slice(1);
    else if (written.trim() !== '') lines.push({ text: written, line: index + 1 });
  }
  return lines;
}

/** `NAME;PARAM=a,"b:c";OTHER=d:value`. */
function parseLine(text: string, line: number): ContentLine | undefined {
  const name = /^[A-Za-z0-9-]+/.exec(text.trimStart())?.[0];
  if (name === undefined) return undefined;
  let rest = text.trimStart().slice(name.length);
  const params = new Map<string, readonly string[]>();
  while (rest.startsWith(';')) {
    const param = /^;\s*([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/.exec(rest);
    if (param === null) return undefined;
    const [whole, key = '', values = ''] = param;
    params.set(key.toUpperCase(), splitParam(values));
    rest = rest.slice(whole.length);
  }
  return rest.startsWith(':') ? { name: name.toUpperCase(), params, value: rest.slice(1), line } : undefined;
}

function splitParam(values: string): string[] {
  return (values.match(/"[^"]*"|[^",]+/g) ?? []).map((value) => decodeCarets(value.replace(/^"(.*)"$/, '$1')));
}

/** RFC 6868. */
function decodeCarets(value: string): string {
  return value.replace(/\^(n|'|\^)/g, (_, code: string) => (code === 'n' ? '\n' : code === "'" ? '"' : '^'));
}
