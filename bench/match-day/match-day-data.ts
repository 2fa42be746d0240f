import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';

export type MatchDay = {
  readonly source: string;
  readonly matches: readonly { readonly name: string; readonly kickOffMs: number }[];
  /** `minute_utc,requests` */
  readonly demandCsv: string;
  /** Highest requests of a minute of the day. */
  readonly peak: number;
};

/** The matches and the requests of one day from the public traces. */
export async function readMatchDay(directory: string, day: string): Promise<MatchDay> {
  const ofDay = async (file: string) => {
    const [header = '', ...rows] = (await readFile(join(directory, file), 'utf8')).trim().split(/\r?\n/);
    return { header, rows: rows.filter((row) => row.startsWith(day)) };
  };
  const [matches, requests] = await Promise.all([ofDay('matches.csv'), ofDay('requests-per-minute.csv')]);
  if (matches.rows.length === 0) throw new Error(`no match was played on ${day}; the group stage ran from 1998-06-10 to 1998-06-26`);
  return {
    source: 'World Cup 1998',
    matches: matches.rows.map((row) => {
      const [kickOff = '', name = ''] = row.split(',');
      return { name: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), kickOffMs: Date.parse(kickOff) };
    }),
    demandCsv: [requests.header, ...requests.rows].join('\n'),
    peak: Math.max(...requests.rows.map((row) => Number(row.split(',')[1]))),
  };
}

/** Two matches and demand that peaks near the final whistle, as the real one does. */
export function makeUpMatchDay(day: string): MatchDay {
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  const matches = [15.5, 19].map((hour, index) => ({ name: `match-${index + 1}`, kickOffMs: midnightMs + hour * 60 * MINUTE_MS }));
  const demand = (atMs: number) =>
    Math.round(
      400 +
        matches.reduce((sum, { kickOffMs }) => sum + 5000 * Math.exp(-(((atMs - kickOffMs - 115 * MINUTE_MS) / (40 * MINUTE_MS)) ** 2)), 0),
    );
  const minutes = Array.from({ length: DAY_MS / MINUTE_MS }, (_, index) => midnightMs + index * MINUTE_MS);
  return {
    source: 'made-up day',
    matches,
    demandCsv: ['minute_utc,requests', ...minutes.map((atMs) => `${formatUtc(atMs)},${demand(atMs)}`)].join('\n'),
    peak: Math.max(...minutes.map(demand)),
  };
}
