import type { TargetKind } from '../compose/intent.ts';

type Named = { readonly kind: TargetKind; readonly namespace: string; readonly name: string };

const LONGEST = 100;
/** What people add to the name of a scaler to tell it from what it scales. */
const SUFFIX = /-(scaled-?object|scaled-?job|so|hpa|autoscaler)$/;
const SHORT_KIND: Readonly<Record<TargetKind, string>> = { ScaledObject: 'so', ScaledJob: 'job', HorizontalPodAutoscaler: 'hpa' };

/** Gives each object a name that no other has: its own, or with its namespace, or with its kind, or with a number. */
export function makeNamer(): (object: Named) => string {
  const given = new Set<string>();
  return ({ kind, namespace, name }) => {
    const short = name.replace(SUFFIX, '') || name;
    const qualified = `${namespace}-${short}`;
    const candidates = [short, qualified, `${qualified}-${SHORT_KIND[kind]}`].map((candidate) => candidate.slice(0, LONGEST));
    const free = candidates.find((candidate) => !given.has(candidate)) ?? numbered(qualified, given);
    given.add(free);
    return free;
  };
}

function numbered(name: string, given: ReadonlySet<string>): string {
  for (let number = 2; ; number += 1) {
    const candidate = `${name.slice(0, LONGEST - 8)}-${number}`;
    if (!given.has(candidate)) return candidate;
  }
}
