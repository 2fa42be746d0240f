import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { makeStoredStartupHistory } from '../../lambda/adapters/startup/stored-startup-history.ts';
import { type PeriodPlan, planPeriod } from '../../lambda/app/plan.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectCluster, type KubeconfigOverride } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { type PeriodOptions, resolvePeriod, withPeriodOptions } from '../period.ts';
import { renderPlan, renderPlanJson } from '../render-plan.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';

const MAX_DAYS = 400;

type PlanOptions = CommonOptions & KubeconfigOverride & PeriodOptions & StoreOptions & { readonly live?: boolean };

export const definePlan: DefineCommand = (program, environment, act) => {
  withStoreOptions(withConnectionOptions(withPeriodOptions(withCommonOptions(program.command('plan')))))
    .description('what the calendar will ask for: floors, replicas, GPUs, dollars')
    .option('--live', 'read from the clusters: bounds that the configuration leaves out, and the cron triggers of ScaledObjects')
    .addHelpText(
      'after',
      `
Needs no cluster unless --live is given; lead times that were learned are those of the local state, or of --table. Exits with 1 when something needs attention: a floor that does not
fit under max, an event whose size is unknown, a local time that a clock change moved, an entry of a calendar that can't be
used as it is, a cron trigger that KEDA can't follow. With 3, after the rest of the plan, when a calendar can't be read.

Examples:
  foretide plan
  foretide plan --from 2026-11-26 --to 2026-11-29
  foretide plan --live --json`,
    )
    .action((options: PlanOptions) => act(() => plan(options, environment)));
};

async function plan(options: PlanOptions, { output, clock }: Environment): Promise<ExitCode> {
  const nowMs = clock.now();
  const { config, calendarSources, stores } = await loadConfig(options.config, output, options);
  const { fromMs, toMs } = resolvePeriod(options, config.timezone, nowMs, MAX_DAYS);
  const planned: PeriodPlan = await planPeriod(
    {
      calendarSources,
      prices: makePriceBook(config.spend.prices),
      startups: makeStoredStartupHistory(stores.states),
      ...(options.live && { connect: (name: string) => connectCluster(config, name, options) }),
    },
    { config, fromMs, toMs },
  );
  output.out(options.json ? renderJson(renderPlanJson(planned)) : renderPlan(planned, config.timezone));
  const unread = [...planned.unreadable.map(({ reason }) => reason), ...planned.failures];
  for (const reason of unread) output.err(reason);
  if (unread.length > 0) return EXIT.failure;
  const wrongCrons = planned.crons?.filter((cron) => 'wrong' in cron) ?? [];
  return planned.notes.length + planned.entries.length + wrongCrons.length > 0 ? EXIT.findings : EXIT.ok;
}
