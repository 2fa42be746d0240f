/** The smallest useful file, with room for changes: each argument is YAML lines of that section. */
export function file(
  changes: { readonly cluster?: string; readonly workload?: string; readonly events?: string; readonly rest?: string } = {},
): string {
  return [
    `clusters: [{ ${changes.cluster ?? 'name: prod, region: us-east-1'} }]`,
    'workloads:',
    `  - { name: chat, target: { kind: ScaledObject, namespace: inference, name: llama }${changes.workload === undefined ? '' : `, ${changes.workload}`} }`,
    ...(changes.events === 'none' ? [] : ['calendar:', '  events:', ...(changes.events ?? EVENT).split('\n').map((line) => `    ${line}`)]),
    ...(changes.rest === undefined ? [] : [changes.rest]),
    '',
  ].join('\n');
}

export const EVENT = '- { name: sale, workloads: [chat], start: 2026-11-27T00:00, duration: 3h, floor: 30 }';

/** The event above with some of its keys replaced or added. */
export function event(changes: Readonly<Record<string, string | undefined>>): string {
  const keys: Record<string, string | undefined> = {
    name: 'sale',
    workloads: '[chat]',
    start: '2026-11-27T00:00',
    duration: '3h',
    floor: '30',
    ...changes,
  };
  const pairs = Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  return `- { ${pairs.join(', ')} }`;
}
