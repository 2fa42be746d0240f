/** RBAC's own words (k8s.io/apiserver, responsewriters/errors.go): user, verb, resource, API group, namespace. */
const CANNOT =
  /User "([^"]*)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)"| at the cluster scope)?/;

/** The rule that would have allowed what RBAC forbids, or undefined when the message is not RBAC's. */
export function adviseMissingRight(message: string): string | undefined {
  const [, user, verb, resource, group, namespace] = CANNOT.exec(message) ?? [];
  if (user === undefined || verb === undefined || resource === undefined || group === undefined) return undefined;
  const where = namespace === undefined ? 'a ClusterRole' : `a ClusterRole, or a Role in ${namespace},`;
  const rule = `{ apiGroups: [${group === '' ? '""' : group}], resources: [${resource}], verbs: [${verb}] }`;
  return `Add the rule ${rule} to ${where} that is bound to ${user} or to a group of it`;
}
