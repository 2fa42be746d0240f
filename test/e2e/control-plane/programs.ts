import { join } from 'node:path';
import type { Program } from './processes.ts';

/** Where the programs find each other and what they need. */
export type Layout = {
  readonly bin: string;
  readonly lwsBin: string;
  readonly folder: string;
  readonly certificates: string;
  readonly ports: Ports;
  /** How often the HPA controller looks; Kubernetes' default is 15. */
  readonly hpaSyncSeconds: number;
  /** What KEDA's operator may ask of the API server; its default is 20. */
  readonly kedaRequestsPerSecond: number;
};

/** On the loopback interface, one for each thing that listens. */
export type Ports = Readonly<Record<(typeof PORT_NAMES)[number], number>>;

export const PORT_NAMES = [
  'etcd',
  'etcdPeer',
  'apiServer',
  'controllerManager',
  'scheduler',
  'kwok',
  'karpenter',
  'karpenterMetrics',
  'operator',
  'operatorMetrics',
  'operatorGrpc',
  'adapter',
  'adapterMetrics',
  'webhook',
  'webhookHealth',
  'webhookMetrics',
  'lws',
  'lwsWebhook',
] as const;

/** TEST-NET-1 (RFC 5737): addresses that nothing has, for what is only written down. */
const NOWHERE = '192.0.2.1';

export function etcd({ bin, folder, ports }: Layout): Program {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return {
    name: 'etcd',
    command: join(bin, 'etcd'),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      // The data is thrown away with the run.
      '--unsafe-no-fsync',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--log-level=warn',
    ],
  };
}

export function apiServer({ bin, certificates: c, ports }: Layout): Program {
  return {
    name: 'kube-apiserver',
    command: join(bin, 'kube-apiserver'),
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.apiServer}`,
      `--tls-cert-file=${c}/kube-apiserver.crt`,
      `--tls-private-key-file=${c}/kube-apiserver.key`,
      `--client-ca-file=${c}/ca.crt`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${c}/service-accounts.pub`,
      `--service-account-signing-key-file=${c}/service-accounts.key`,
      `--requestheader-client-ca-file=${c}/front-proxy-ca.crt`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${c}/front-proxy-client.crt`,
      `--proxy-client-key-file=${c}/front-proxy-client.key`,
      // It refuses to write a loopback address down as its endpoint; so it writes none.
      `--advertise-address=${NOWHERE}`,
      '--endpoint-reconciler-type=none',
    ],
  };
}

export function controllerManager({ bin, certificates: c, ports, hpaSyncSeconds }: Layout): Program {
  return {
    name: 'kube-controller-manager',
    command: join(bin, 'kube-controller-manager'),
    args: [
      ...kubeconfigFlags(`${c}/kube-controller-manager.kubeconfig`),
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.controllerManager}`,
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${c}/service-accounts.key`,
      `--root-ca-file=${c}/ca.crt`,
      `--horizontal-pod-autoscaler-sync-period=${hpaSyncSeconds}s`,
    ],
  };
}

export function scheduler({ bin, certificates: c, ports }: Layout): Program {
  return {
    name: 'kube-scheduler',
    command: join(bin, 'kube-scheduler'),
    args: [
      ...kubeconfigFlags(`${c}/kube-scheduler.kubeconfig`),
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.scheduler}`,
      '--leader-elect=false',
    ],
  };
}

export function kwok({ bin, folder, certificates: c, ports }: Layout): Program {
  return {
    name: 'kwok',
    command: join(bin, 'kwok'),
    args: [
      `--kubeconfig=${c}/admin.kubeconfig`,
      `--config=${join(folder, 'stages.yaml')}`,
      // Karpenter's kwok provider annotates its nodes so.
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      '--node-lease-duration-seconds=40',
      '--cidr=10.244.0.0/16',
      `--node-ip=${NOWHERE}`,
      `--server-address=127.0.0.1:${ports.kwok}`,
    ],
  };
}

export function karpenter({ bin, folder, certificates: c, ports }: Layout): Program {
  return {
    name: 'karpenter',
    command: join(bin, 'karpenter'),
    args: [],
    env: {
      KUBECONFIG: `${c}/admin.kubeconfig`,
      DISABLE_LEADER_ELECTION: 'true',
      METRICS_PORT: String(ports.karpenterMetrics),
      HEALTH_PROBE_PORT: String(ports.karpenter),
      BATCH_IDLE_DURATION: '1s',
      BATCH_MAX_DURATION: '10s',
      SYSTEM_NAMESPACE: 'default',
      KARPENTER_SERVICE: 'karpenter',
      INSTANCE_TYPES_FILE_PATH: join(folder, 'instance-types.json'),
    },
  };
}

export function kedaOperator({ bin, certificates: c, ports, kedaRequestsPerSecond: qps }: Layout): Program {
  return {
    name: 'keda-operator',
    command: join(bin, 'keda-operator'),
    args: [
      `--cert-dir=${c}/keda`,
      `--ca-dir=${c}/keda`,
      `--metrics-bind-address=127.0.0.1:${ports.operatorMetrics}`,
      `--health-probe-bind-address=127.0.0.1:${ports.operator}`,
      `--metrics-service-bind-address=127.0.0.1:${ports.operatorGrpc}`,
      `--kube-api-qps=${qps}`,
      `--kube-api-burst=${2 * qps}`,
    ],
    env: kedaEnvironment(c),
  };
}

export function kedaAdapter({ bin, certificates: c, ports }: Layout): Program {
  const admin = `${c}/admin.kubeconfig`;
  return {
    name: 'keda-adapter',
    command: join(bin, 'keda-adapter'),
    args: [
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.adapter}`,
      `--port=${ports.adapterMetrics}`,
      `--metrics-service-address=localhost:${ports.operatorGrpc}`,
      `--cert-dir=${c}/keda`,
      `--tls-cert-file=${c}/keda/tls.crt`,
      `--tls-private-key-file=${c}/keda/tls.key`,
      `--client-ca-file=${c}/ca.crt`,
      `--requestheader-client-ca-file=${c}/front-proxy-ca.crt`,
      `--authentication-kubeconfig=${admin}`,
      `--authorization-kubeconfig=${admin}`,
      `--lister-kubeconfig=${admin}`,
    ],
    env: kedaEnvironment(c),
  };
}

export function kedaWebhooks({ bin, certificates: c, ports }: Layout): Program {
  return {
    name: 'keda-webhooks',
    command: join(bin, 'keda-webhooks'),
    args: [
      `--cert-dir=${c}/keda`,
      `--port=${ports.webhook}`,
      `--metrics-bind-address=127.0.0.1:${ports.webhookMetrics}`,
      `--health-probe-bind-address=127.0.0.1:${ports.webhookHealth}`,
    ],
    env: kedaEnvironment(c),
  };
}

export function leaderWorkerSets({ lwsBin, folder, certificates: c }: Layout): Program {
  return {
    name: 'lws',
    command: join(lwsBin, 'lws'),
    args: [`--config=${lwsConfigPath(folder)}`],
    env: { KUBECONFIG: `${c}/admin.kubeconfig` },
  };
}

export function lwsConfigPath(folder: string): string {
  return join(folder, 'lws.json');
}

/** What the controller of LeaderWorkerSets reads. Its webhooks show KEDA's certificate: both are `localhost`. */
export function lwsConfig({ certificates: c, ports }: Layout): object {
  return {
    apiVersion: 'config.lws.x-k8s.io/v1alpha1',
    kind: 'Configuration',
    webhook: { host: '127.0.0.1', port: ports.lwsWebhook, certDir: `${c}/keda` },
    health: { healthProbeBindAddress: `127.0.0.1:${ports.lws}` },
    metrics: { bindAddress: '0' },
    leaderElection: { leaderElect: false },
    internalCertManagement: { enable: false },
  };
}

function kubeconfigFlags(path: string): readonly string[] {
  return [`--kubeconfig=${path}`, `--authentication-kubeconfig=${path}`, `--authorization-kubeconfig=${path}`];
}

function kedaEnvironment(certificates: string): Readonly<Record<string, string>> {
  return {
    KUBECONFIG: `${certificates}/admin.kubeconfig`,
    // All namespaces.
    WATCH_NAMESPACE: '',
    KEDA_CLUSTER_OBJECT_NAMESPACE: 'keda',
    POD_NAMESPACE: 'keda',
  };
}
