/** Serves the example's cluster on a real clock, to look at with kubectl and to run Foretide against: `npm run twin`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../cli/load.ts';
import { processOutput } from '../cli/output.ts';
import { serveTwin } from '../cli/replay/serve-twin.ts';

const root = new URL('..', import.meta.url);
const configFile = fileURLToPath(new URL('examples/foretide.yaml', root));
const kubeconfigFile = fileURLToPath(new URL('out/twin.kubeconfig', root));

const { config } = await loadConfig(configFile, processOutput);
const twin = await serveTwin(config, Number(process.env.PORT ?? 0));
await mkdir(fileURLToPath(new URL('out/', root)), { recursive: true });
await writeFile(kubeconfigFile, twin.kubeconfig(), { mode: 0o600 });
processOutput.out(`The twin listens on ${twin.url}. Try:

  kubectl --kubeconfig ${kubeconfigFile} get scaledobjects,hpa,pods,nodes -A
  npx foretide run --once --config ${configFile} --kubeconfig ${kubeconfigFile} --state out/twin-state

Ctrl-C stops it.`);
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void twin.stop());
