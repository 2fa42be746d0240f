import { parseEvents } from '../config/parse.ts';
import { ConfigError, type ConfigProblem, cut, describeEntryProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { EventConfig, FloorConfig } from '../config/sections/calendar.ts';
import { nearest, suggestion } from '../config/suggest.ts';
import { readYaml } from '../config/yaml-tree.ts';
import { type Component, propertiesOf, textOf, unescapeText } from './components.ts';
import { type Block, findBlock } from './description.ts';

/** What entries of a source need that say nothing themselves. */
export type EntryDefaults = { readonly workloads?: readonly string[]; readonly floor?: FloorConfig };

/** What an entry may say, as in `events` of the configuration. */
export const ENTRY_KEYS = ['workloads', 'floor', 'fallbackFloor', 'class', 'importance', 'max', 'ramp', 'release', 'spot'] as const;
/** What the names of its properties start with. */
export const PREFIX = 'X-FORETIDE-';

export type NeedsFault = { readonly kind: 'no-workload' | 'unknown-workload' | 'wrong'; readonly problem: string; readonly fix: string };

/** What an entry needs, undefined when that can't be said, with what is wrong about it. */
export type Needs = { readonly needs: EventConfig | undefined; readonly faults: readonly NeedsFault[] };

/**
 * What an entry needs: `X-FORETIDE-…` properties, else the block of its description, else what its series says, else the source's
 * defaults, each key by itself. Unknown workloads beside known ones are left out and reported.
 */
export function makeNeedsReader(config: Config, defaults: EntryDefaults): (event: Component, parent: Component | undefined) => Needs {
  const known = config.workloads.map(({ name }) => name);
  const checked = new Map<string, EventConfig | NeedsFault>();
  // The checks of a calendar file without those that look at its other events.
  const alone: Config = { ...config, calendar: { ...config.calendar, events: [] } };

  function check(values: Readonly<Record<string, unknown>>): EventConfig | NeedsFault {
    const key = JSON.stringify(values);
    const before = checked.get(key) ?? checkNeeds(values, alone);
    checked.set(key, before);
    return before;
  }

  return (event, parent) => {
    const own = readWritten(event);
    const written = own.values === undefined && own.faults.length === 0 && parent !== undefined ? readWritten(parent) : own;
    if (written.faults.length > 0) return { needs: undefined, faults: written.faults };
    const values: Readonly<Record<string, unknown>> = { ...defaults, ...written.values };
    const named = namesOf(values.workloads);
    const unknown = named.filter((name) => !known.includes(name));
    const workloads = [...new Set(named.filter((name) => known.includes(name)))];
    const strange = unknown.map(
      (name): NeedsFault => ({
        kind: 'unknown-workload',
        problem: `names the unknown workload "${cut(name)}"`,
        fix: suggestion(name, known, 'workloads'),
      }),
    );
    if (workloads.length === 0) {
      const problem =
        unknown.length === 0
          ? 'names no workload'
          : `names no known workload, but ${unknown
              .map((name) => `"${cut(name)}"`)
              .slice(0, 5)
              .join(', ')}`;
      return { needs: undefined, faults: [{ kind: 'no-workload', problem, fix: strange[0]?.fix ?? HOW_TO_NAME }] };
    }
    if (values.floor === undefined)
      return { needs: undefined, faults: [...strange, { kind: 'wrong', problem: 'says no floor', fix: HOW_TO_SIZE }] };
    const result = check({ ...values, workloads });
    return 'kind' in result ? { needs: undefined, faults: [...strange, result] } : { needs: result, faults: strange };
  };
}

const HOW_TO_NAME = 'add X-FORETIDE-WORKLOADS, a foretide block in its description, or workloads to its source';
const HOW_TO_SIZE = 'add X-FORETIDE-FLOOR, floor to the foretide block in its description, or floor to its source';

type Written = { readonly values: Readonly<Record<string, unknown>> | undefined; readonly faults: readonly NeedsFault[] };

function readWritten(event: Component): Written {
  const faults: NeedsFault[] = [];
  const refuse = (problem: string, fix: string): void => void faults.push({ kind: 'wrong', problem, fix });
  const values: Record<string, unknown> = {};
  const block = blockOf(event);
  if (block !== undefined && 'wrong' in block) refuse(block.wrong, 'the settings of one entry stand in one place');
  else if (block !== undefined) Object.assign(values, readBlock(block.yaml, refuse));
  for (const { name, value } of event.properties.filter((property) => property.name.startsWith(PREFIX))) {
    const written = name.slice(PREFIX.length).replaceAll('-', '');
    const key = ENTRY_KEYS.find((candidate) => candidate.toUpperCase() === written);
    const tree = readYaml(unescapeText(value));
    if (key === undefined) refuse(`has the unknown property ${cut(name)}`, suggestion(written.toLowerCase(), ENTRY_KEYS, 'keys'));
    else if (tree.problems.length > 0)
      refuse(`has ${name}: ${tree.problems[0]?.message ?? 'wrong'}`, `write for example ${PREFIX}FLOOR:30`);
    else if (propertiesOf(event, name).length > 1) refuse(`has ${name} twice`, 'keep one of them');
    else values[key] = tree.value;
  }
  return { values: Object.keys(values).length > 0 ? values : undefined, faults };
}

function blockOf(event: Component): Block | undefined {
  const texts = ['DESCRIPTION', 'X-ALT-DESC'].flatMap((name) => textOf(event, name) ?? []);
  for (const text of texts) {
    const block = /foretide/i.test(text) ? findBlock(text, isKey) : undefined;
    if (block !== undefined) return block;
  }
  return undefined;
}

/** A key or a slip of the pen, not the first word of a remark. */
function isKey(word: string): boolean {
  return nearest(word, ENTRY_KEYS) !== undefined;
}

function readBlock(yaml: string, refuse: (problem: string, fix: string) => void): Readonly<Record<string, unknown>> {
  const tree = readYaml(yaml);
  const [problem] = tree.problems;
  const value = tree.value;
  if (yaml.trim() === '') refuse('has a foretide block that sets nothing', HOW_TO_WRITE);
  else if (problem !== undefined) refuse(`has a foretide block that is no YAML: ${problem.message}`, HOW_TO_WRITE);
  else if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse('has a foretide block that is no map', HOW_TO_WRITE);
  else {
    for (const key of Object.keys(value).filter((name) => !ENTRY_KEYS.some((candidate) => candidate === name)))
      refuse(`has the unknown key ${cut(key)} in its foretide block`, suggestion(key, ENTRY_KEYS, 'keys'));
    return { ...value };
  }
  return {};
}

const HOW_TO_WRITE = 'write for example "foretide:" and below it, indented, "workloads: [chat]" and "floor: 30"';

/** A list, or names with commas between them. */
function namesOf(workloads: unknown): string[] {
  const names = typeof workloads === 'string' ? workloads.split(',') : Array.isArray(workloads) ? workloads : [];
  return names
    .flatMap((name: unknown) => (typeof name === 'string' || typeof name === 'number' ? [String(name).trim()] : []))
    .filter((name) => name !== '');
}

function checkNeeds(values: Readonly<Record<string, unknown>>, config: Config): EventConfig | NeedsFault {
  const event = { name: 'entry', start: '2026-01-01', duration: '1m', ...values };
  try {
    const [checked] = parseEvents(JSON.stringify([event]), 'entry', config);
    if (checked !== undefined) return checked;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first] = error.problems;
    if (first !== undefined) return faultOf(first);
  }
  return { kind: 'wrong', problem: 'says nothing that could be read', fix: HOW_TO_WRITE };
}

function faultOf(problem: ConfigProblem): NeedsFault {
  const { problem: text, fix } = describeEntryProblem(problem);
  return { kind: 'wrong', problem: text, fix: fix ?? HOW_TO_WRITE };
}
