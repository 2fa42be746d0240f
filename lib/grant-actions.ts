import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AllowedAction, GrantedOn } from '../lambda/functions/prescale/contract.ts';

/** ARNs of what a contract's words stand for; none where this deployment has nothing of the kind. */
export type Resources = Readonly<Record<GrantedOn, readonly string[]>>;

/** Grants a function what its contract lists: one statement for each kind of resource that there is. */
export function grantActions({ grantPrincipal }: IGrantable, actions: readonly AllowedAction[], resources: Resources): void {
  for (const [on, granted] of Map.groupBy(actions, (action) => action.on)) {
    if (resources[on].length === 0) continue;
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: granted.map(({ action }) => action), resources: [...resources[on]] }),
    );
  }
}
