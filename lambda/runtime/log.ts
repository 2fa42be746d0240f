const LEVELS = { debug: 0, info: 1, warning: 2, error: 3 } as const;
export type LogLevel = keyof typeof LEVELS;

export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };
export type LogFields = Readonly<Record<string, Json>>;

/** Writes one JSON object as one line. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** An error's text can quote a whole response. */
const LONGEST_TEXT = 4_000;

/**
 * A log of one JSON object a line, each with `common`; below `least` nothing is written. `writeLine` gets the line without
 * its end. Fields are named one by one by callers: nothing whole (an event, a response, the environment) is ever logged.
 */
export function makeLog(writeLine: (line: string) => void, least: LogLevel, common: LogFields = {}): Log {
  return (level, message, fields = {}) => {
    if (LEVELS[level] < LEVELS[least]) return;
    writeLine(
      JSON.stringify({ level, message, ...common, ...fields }, (_, value: unknown) => (typeof value === 'string' ? cut(value) : value)),
    );
  };
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}… (${text.length - LONGEST_TEXT} characters more)`;
}
