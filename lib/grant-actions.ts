import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
/**
 * Grants a function what its contract lists: one statement for each kind of resource that there is. `resources`: ARNs of what the contract's
 * words stand for; none where this deployment has nothing of the kind.
 */
export function grantActions<On extends string>(
  { grantPrincipal }: IGrantable,
  actions: readonly { readonly action: string; readonly on: On }[],
  resources: Readonly<Record<On, readonly string[]>>,
): void {
  for (const [on, granted] of Map.groupBy(actions, (action) => action.on)) {
    if (resources[on].length === 0) continue;
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: granted.map(({ action }) => action), resources: [...resources[on]] }),
    );
  }
}
