import { z } from 'zod';
import { SECOND_MS } from '../units/quantities.ts';
import { keepSamples } from './keep-samples.ts';
import {
  POD_PHASES,
  STARTUP_PHASES,
  type StartupClass,
  type StartupPhase,
  type StartupRecords,
  type StartupSample,
} from './startup-records.ts';

/** The bound on what is kept hot of a workload (UTF-8; the text is ASCII). */
const MOST_BYTES = 2_048;
/** Longer than any instance type; a label may have 63 characters. */
const MOST_NAME_LENGTH = 32;

const Seconds = z.int().min(0);
const Key = z.string().max(8);
const Name = z.string().max(MOST_NAME_LENGTH).nullable();

/**
 * Instants in whole seconds: of a sample since the one before it, of a pending pod before the look. A sample's third is the seconds of its phases,
 * without those of the node where there was one already, or a single number of one that did not become Ready; its fourth is the place of its class.
 */
const Text = z.strictObject({
  version: z.literal(1),
  lookedAt: Seconds,
  classes: z.array(z.tuple([Name, Name])).max(64),
  samples: z
    .array(
      z.tuple([
        Key,
        Seconds,
        z.union([z.array(Seconds).length(POD_PHASES.length), z.array(Seconds).length(STARTUP_PHASES.length), Seconds]),
        z.int().min(0),
      ]),
    )
    .max(64),
  pending: z.array(z.tuple([Key, z.int()])).max(64),
});

/** The name under which the state store keeps them. */
export function startupsSnapshot(workload: string): string {
  return `startups/${workload}`;
}

/** A stored text that is none of ours, or damaged. */
export class StartupRecordsError extends Error {
  override readonly name = 'StartupRecordsError';
}

/** The records as a text of at most 2 KB; what doesn't fit is left out as by `keepSamples`. Records of no look are ''. */
export function renderStartups({ lookedAtMs, samples, pending }: StartupRecords): string {
  if (lookedAtMs === undefined) return '';
  for (let most = samples.length; ; most -= 1) {
    const text = renderAll({ lookedAtMs, samples: keepSamples(samples, most), pending });
    if (text.length <= MOST_BYTES || most === 0) return text;
  }
}

function renderAll({ lookedAtMs, samples, pending }: StartupRecords & { readonly lookedAtMs: number }): string {
  const classes = new Map<string, [string | null, string | null]>();
  const placeOf = (sample: StartupClass) => {
    const names: [string | null, string | null] = [shorten(sample.instanceType), shorten(sample.capacityType)];
    const key = JSON.stringify(names);
    if (!classes.has(key)) classes.set(key, names);
    return [...classes.keys()].indexOf(key);
  };
  let beforeMs = 0;
  const rows = samples.map((sample) => {
    const since = seconds(sample.createdMs - beforeMs);
    beforeMs = sample.createdMs;
    return [sample.key, since, renderDurations(sample), placeOf(sample)];
  });
  const text: z.input<typeof Text> = {
    version: 1,
    lookedAt: seconds(lookedAtMs),
    classes: [...classes.values()],
    samples: rows as z.input<typeof Text>['samples'],
    pending: pending.map(({ key, createdMs }) => [key, seconds(lookedAtMs) - seconds(createdMs)]),
  };
  return JSON.stringify(text);
}

function renderDurations({ tookMs, phases }: StartupSample): number | number[] {
  if (phases === undefined) return seconds(tookMs);
  return (phases.launch === undefined ? POD_PHASES : STARTUP_PHASES).map((phase) => seconds(phases[phase] ?? 0));
}

function shorten(name: string | undefined): string | null {
  return name === undefined ? null : name.slice(0, MOST_NAME_LENGTH);
}

function seconds(ms: number): number {
  return Math.round(ms / SECOND_MS);
}

/** @throws {StartupRecordsError} on a text that `renderStartups` did not write */
export function parseStartups(text: string): StartupRecords {
  if (text.length > MOST_BYTES) throw new StartupRecordsError(`it has ${text.length} characters, more than ${MOST_BYTES}`);
  const parsed = Text.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StartupRecordsError(`it is not version 1 of start-up records: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { lookedAt, classes, samples, pending } = parsed.data;
  let created = 0;
  return {
    lookedAtMs: lookedAt * SECOND_MS,
    samples: samples.map(([key, since, durations, place]) => {
      created += since;
      const found = classes[place];
      if (found === undefined) throw new StartupRecordsError(`sample ${key} is of class ${place}, and there are ${classes.length}`);
      return {
        key,
        createdMs: created * SECOND_MS,
        ...parseDurations(durations),
        instanceType: found[0] ?? undefined,
        capacityType: found[1] ?? undefined,
      };
    }),
    pending: pending.map(([key, age]) => ({ key, createdMs: (lookedAt - age) * SECOND_MS })),
  };
}

function parseDurations(durations: number | readonly number[]): Pick<StartupSample, 'tookMs' | 'phases'> {
  if (typeof durations === 'number') return { tookMs: durations * SECOND_MS, phases: undefined };
  const names: readonly StartupPhase[] = durations.length === POD_PHASES.length ? POD_PHASES : STARTUP_PHASES;
  return {
    tookMs: durations.reduce((sum, duration) => sum + duration, 0) * SECOND_MS,
    phases: Object.fromEntries(names.map((name, index) => [name, (durations[index] ?? 0) * SECOND_MS])),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartupRecordsError(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
