import { addEvent } from '../../lambda/app/calendar-table.ts';
import { withZone } from '../../lambda/core/calendar-table/read-import.ts';
import { resolveEvent } from '../../lambda/core/config/events.ts';
import { type ParsedEvents, parseEventFile } from '../../lambda/core/config/parse.ts';
import { ConfigError } from '../../lambda/core/config/problem.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { writeEvent } from '../../lambda/core/config/write-event.ts';
import { findPlanNotes, type PlanNote } from '../../lambda/core/prescale/plan-notes.ts';
import { colors } from '../colors.ts';
import type { CommonOptions } from '../common-options.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { describeNote } from '../render-plan.ts';
import type { StoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';
import { type EventOptions, eventOfOptions, explainOptions, optionOf } from './event-options.ts';
import { planNext, renderNext, renderNextJson } from './next-asks.ts';
import { describeTable, requireTableSource, thisPerson } from './table.ts';

export type AddOptions = CommonOptions & StoreOptions & EventOptions & { readonly replace?: boolean; readonly dryRun?: boolean };

export async function addToCalendar(name: string, options: AddOptions, { output, clock }: Environment): Promise<ExitCode> {
  const nowMs = clock.now();
  const loaded = await loadConfig(options.config, output, options);
  const { config, stores } = loaded;
  requireTableSource(config);
  const { events, notes } = parseOptions(name, options, config);
  const [event] = events;
  if (event === undefined) throw new UsageError('the event says nothing');
  const written = withZone(writeEvent(event), config);
  const isReplacing = options.replace === true;
  const result = await addEvent(stores.calendar, written, { person: thisPerson(), nowMs, dryRun: options.dryRun ?? false, isReplacing });
  if (result === 'exists')
    throw new UsageError(`${describeTable(loaded)} has an event named ${name}: give --replace to write this one instead`);

  const resolved = resolveEvent({ timezone: config.timezone, holidays: config.calendar.holidays }, 'table', event);
  const next = planNext(resolved, config, nowMs);
  const findings = next.flatMap(findPlanNotes).filter((note) => !isUnknownHere(note));
  const isOver = next.every((plan) => plan.events.length === 0);
  for (const note of notes) output.err(colors.dim(`${optionOf(note)}: ${note.message}`));
  for (const finding of findings) output.err(describeNote(finding, resolved.timezone));
  if (isOver) output.err(`${name} has no occurrence from now on: it asks for nothing`);
  if (options.json) {
    const where = describeTable(loaded);
    output.out(renderJson({ result, dryRun: options.dryRun === true, where, event: written, next: renderNextJson(next) }));
  } else {
    const done = options.dryRun === true ? `would be ${result} (dry run: not written)` : result;
    output.out(`${name}: ${done} in ${describeTable(loaded)}`);
    if (!isOver) output.out(renderNext(next, resolved));
  }
  return isOver || findings.length > 0 ? EXIT.findings : EXIT.ok;
}

function parseOptions(name: string, options: EventOptions, config: Config): ParsedEvents {
  try {
    return parseEventFile(JSON.stringify([eventOfOptions(name, options)]), 'calendar add', config);
  } catch (error) {
    throw error instanceof ConfigError ? explainOptions(error) : error;
  }
}

/** The size depends on what only the cluster or the function knows: no fault of the event. */
function isUnknownHere(note: PlanNote): boolean {
  return note.kind === 'unsized' && ['no-baseline', 'nothing-learned', 'demand-unknown'].includes(note.why);
}
