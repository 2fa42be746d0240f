import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { explainWorkload } from '../../lambda/app/explain.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectCluster, type KubeconfigOverride } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { renderExplanation } from '../explain/render-explanation.ts';
import { renderExplanationJson } from '../explain/render-explanation-json.ts';
import { findWorkload } from '../find-workload.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';

type ExplainOptions = CommonOptions & KubeconfigOverride & StoreOptions;

export const defineExplain: DefineCommand = (program, environment, act) => {
  withStoreOptions(withConnectionOptions(withCommonOptions(program.command('explain'))))
    .argument('<workload>', 'the workload, as the configuration names it')
    .description('why a workload has the bounds that it has, and the numbers behind what was learned of it')
    .addHelpText(
      'after',
      `
What it was before Foretide, who wants what of it now, what the next seven days ask for and when, and how long its
replicas take to start: of how many, with what spread, and which part takes how long. Exits with 3, after the rest,
when something can't be read.

Examples:
  foretide explain chat
  foretide explain chat --table foretide-state --json`,
    )
    .action((name: string, options: ExplainOptions) => act(() => explain(name, options, environment)));
};

async function explain(name: string, options: ExplainOptions, { output, clock }: Environment): Promise<ExitCode> {
  const { config, calendarSources, stores } = await loadConfig(options.config, output, options);
  const configured = findWorkload(config, name);
  const explanation = await explainWorkload(
    {
      cluster: connectCluster(config, configured.target.cluster, options),
      store: stores.states,
      prices: makePriceBook(config.spend.prices),
      calendarSources,
    },
    { config, configured, nowMs: clock.now() },
  );
  output.out(options.json ? renderJson(renderExplanationJson(explanation)) : renderExplanation(explanation, config.timezone));
  for (const failure of explanation.failures) output.err(failure);
  return explanation.failures.length > 0 ? EXIT.failure : EXIT.ok;
}
