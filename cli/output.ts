import type { Writable } from 'node:stream';
import Table from 'cli-table3';
import { colors } from './colors.ts';

/** What a command prints to and exits with; one place, so that tests and pipes see the same. */
export type Output = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly errStream: Pick<Writable, 'write'>;
};

/** Exit codes of every command. */
export const EXIT = { ok: 0, findings: 1, usage: 2, failure: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const processOutput: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  errStream: process.stderr,
};

/** A reader that has seen enough (`| head`) ends the program; that is no failure. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error) => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error;
    process.exit(EXIT.ok);
  });
}

/** More rows than anybody reads; cli-table3 takes time with the square of them. */
const MOST_ROWS = 1_000;

export function renderJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** A plain table: columns line up, no frame, so that it reads well and can be cut by other programs. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const blank = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  };
  const table = new Table({
    head: head.map((title) => colors.bold(title)),
    chars: { ...blank, left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows.slice(0, MOST_ROWS)) table.push([...row]);
  const rest = rows.length - MOST_ROWS;
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return [...lines, ...(rest > 0 ? [`… and ${rest} more rows; ask for a shorter period, or for --json`] : [])].join('\n');
}
