import { stringify } from 'yaml';
import { z } from 'zod';
import { readFolder, readManifest } from './manifests.ts';

const Stage = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    selector: z.looseObject({ matchExpressions: z.array(z.unknown()) }),
    next: z.looseObject({ statusTemplate: z.string().optional() }),
  }),
});
type Stage = z.output<typeof Stage>;

/** What becomes of nodes and pods: kwok's own stages, corrected, and ours. */
export async function renderStages(folder: string): Promise<string> {
  const own = correct(
    'pod-ready',
    spareMarkedPods,
    correct('node-initialize', takeAllocatable, z.array(Stage).parse(await readFolder(folder))),
  );
  return [...own, ...(await readManifest('stages.yaml'))].map((stage) => stringify(stage)).join('---\n');
}

function correct(name: string, change: (stage: Stage) => Stage, stages: readonly Stage[]): readonly Stage[] {
  if (!stages.some(({ metadata }) => metadata.name === name))
    throw new Error(`kwok has no stage ${name} to correct: look at what this version has`);
  return stages.map((stage) => (stage.metadata.name === name ? change(stage) : stage));
}

/**
 * Karpenter's kwok provider gives a node the capacity that its first pods ask for. A node's own allocatable is right, so kwok is told
 * to take that: limits of a NodePool then count whole nodes, as they do on EC2.
 */
function takeAllocatable(stage: Stage): Stage {
  const wrong = '{{ with .status.capacity }}';
  const { next } = stage.spec;
  if (!next.statusTemplate?.includes(wrong)) throw new Error(`kwok's stage ${stage.metadata.name} has no "${wrong}" to correct`);
  const statusTemplate = next.statusTemplate.replaceAll(wrong, '{{ with .status.allocatable }}');
  return { ...stage, spec: { ...stage.spec, next: { ...next, statusTemplate } } };
}

/** Pods that a test wants to fail must not become Ready. */
function spareMarkedPods(stage: Stage): Stage {
  const { selector } = stage.spec;
  const unmarked = { key: '.metadata.annotations["foretide.test/start"]', operator: 'DoesNotExist' };
  return { ...stage, spec: { ...stage.spec, selector: { ...selector, matchExpressions: [...selector.matchExpressions, unmarked] } } };
}
