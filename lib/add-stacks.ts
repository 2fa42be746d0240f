import type { App } from 'aws-cdk-lib';
import { ForetideStack } from './foretide-stack.ts';
import type { Configuration } from './load-configuration.ts';
import { planDeployments } from './plan-deployments.ts';

export type AddStacksOptions = { readonly accessEntries?: boolean };

/** One stack for each account and region that has clusters. */
export function addStacks(app: App, configuration: Configuration, { accessEntries = true }: AddStacksOptions = {}): ForetideStack[] {
  return planDeployments(configuration.config).map(
    ({ account, region, clusters }) =>
      new ForetideStack(app, ['Foretide', ...(account === undefined ? [] : [account]), region].join('-'), {
        description: 'Foretide: raises KEDA floors ahead of known events, and gives them back',
        env: { region, ...(account !== undefined && { account }) },
        configuration,
        clusters,
        accessEntries,
      }),
  );
}
