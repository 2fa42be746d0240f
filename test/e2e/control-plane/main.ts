/** Real Kubernetes, KEDA and Karpenter without containers or a cloud, to play with until Ctrl-C: `npm run cluster`. */
import { buildControlPlane } from './build.ts';
import { startControlPlane } from './start.ts';
import { requireKubectl, requireOpenssl } from './tools.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await requireOpenssl();
const kubectl = await requireKubectl();
const { kubeconfigs, onEnd, stop } = await startControlPlane(await buildControlPlane(say), say);
say(`
  export KUBECONFIG=${kubeconfigs.admin}
  ${kubectl} get nodepools,nodes,scaledobjects,hpa,pods -A
  ${kubectl} apply -f test/e2e/control-plane/manifests/workload.yaml   # a Deployment that asks for GPUs, and its ScaledObject
  ${kubectl} -n inference patch scaledobject llama-8b --type merge -p '{"spec":{"minReplicaCount":12}}'
  ${kubectl} get pods,nodes -A --watch

As Foretide, which may do only what docs/how-to/deploy.md grants it: ${kubeconfigs.foretide}

Ctrl-C stops and removes everything.`);

onEnd((what) => {
  process.stderr.write(`${what}; without it the cluster is not what it was\n`);
  process.exitCode = 1;
});

// The supervisor's channel keeps this process alive until then.
let stopping = false;
function stopOnce(): void {
  if (stopping) return;
  stopping = true;
  stop().then(
    () => say('stopped'),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopOnce);
