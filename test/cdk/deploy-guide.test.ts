import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { EXAMPLE, ROOT, resourcesOf, synthesize } from './synthesize.ts';

const guide = readFileSync(join(ROOT, 'docs', 'how-to', 'deploy.md'), 'utf8');
const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(guide) ?? [];
const [role, binding] = parseAllDocuments(yaml).map((document): unknown => document.toJS());

const Role = z.object({
  metadata: z.object({ name: z.string() }),
  rules: z.array(z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) })),
});
const Binding = z.object({ roleRef: z.object({ name: z.string() }), subjects: z.array(z.object({ kind: z.string(), name: z.string() })) });

describe('the role binding of the deployment guide', () => {
  it('is for the group that access entries put the function in', () => {
    const { roleRef, subjects } = Binding.parse(binding);
    const [entry] = resourcesOf(synthesize(EXAMPLE), 'AWS::EKS::AccessEntry');
    expect(subjects.map(({ kind, name }) => [kind, name])).toEqual([['Group', 'foretide']]);
    expect(entry?.Properties.KubernetesGroups).toEqual(['foretide']);
    expect(roleRef.name).toBe(Role.parse(role).metadata.name);
  });

  it('allows reading and patching what carries bounds or buys machines, and nothing else', () => {
    expect(Role.parse(role).rules.map(({ resources, verbs }) => [resources, verbs])).toEqual([
      [
        ['scaledobjects', 'scaledjobs'],
        ['get', 'list', 'patch'],
      ],
      [['horizontalpodautoscalers'], ['get', 'list', 'patch']],
      [['deployments', 'statefulsets'], ['get']],
      [['leaderworkersets'], ['get']],
      [['pods', 'events'], ['list']],
      [['nodeclaims'], ['get', 'list']],
      [['nodepools'], ['get', 'list', 'patch']],
      [['resourcequotas', 'limitranges'], ['list']],
      [['*'], ['list']],
    ]);
  });
});
