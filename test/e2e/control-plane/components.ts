/** A program of the test control plane, as it is built from the module that its wrapper pins. */
export type Component = {
  readonly name: string;
  /** Folder below `go/` with the go.mod and go.sum. */
  readonly wrapper: string;
  /** The main package. */
  readonly package: string;
  /** What the linker writes into it, so that the program knows its version. */
  readonly stamps: readonly string[];
};

const KUBERNETES = [
  'k8s.io/component-base/version.gitVersion=v1.35.4',
  'k8s.io/component-base/version.gitMajor=1',
  'k8s.io/component-base/version.gitMinor=35',
  'k8s.io/component-base/version.gitTreeState=clean',
];
const KEDA = ['github.com/kedacore/keda/v2/version.Version=2.20.2'];

/** Kubernetes, KEDA and Karpenter, in the order in which they are built: what is quick first, so that a missing tool or module is noticed early. */
export const COMPONENTS: readonly Component[] = [
  { name: 'etcd', wrapper: 'etcd', package: 'go.etcd.io/etcd/server/v3', stamps: [] },
  { name: 'kwok', wrapper: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', stamps: ['sigs.k8s.io/kwok/pkg/consts.Version=v0.8.0'] },
  {
    name: 'karpenter',
    wrapper: 'karpenter',
    package: 'sigs.k8s.io/karpenter/kwok',
    stamps: ['sigs.k8s.io/karpenter/pkg/operator.Version=1.14.1'],
  },
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => ({
    name,
    wrapper: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    stamps: KUBERNETES,
  })),
  ...['operator', 'adapter', 'webhooks'].map((name) => ({
    name: `keda-${name}`,
    wrapper: 'keda',
    package: `github.com/kedacore/keda/v2/cmd/${name}`,
    stamps: KEDA,
  })),
];

/** Files that are taken from a module, beside the programs: they belong to exactly its version. */
export type ModuleFiles = { readonly wrapper: string; readonly module: string; readonly paths: readonly string[] };

/** Folders of CustomResourceDefinitions. */
export const CRDS: readonly ModuleFiles[] = [
  { wrapper: 'keda', module: 'github.com/kedacore/keda/v2', paths: ['config/crd/bases'] },
  { wrapper: 'karpenter', module: 'sigs.k8s.io/karpenter', paths: ['kwok/charts/crds', 'kwok/apis/crds'] },
];

/** How kwok's nodes and pods come to be Ready. The `fast` pod stages have no random delays, so pods are Ready at once. */
export const STAGES: ModuleFiles = {
  wrapper: 'kwok',
  module: 'sigs.k8s.io/kwok',
  paths: [
    'kustomize/stage/node/fast/node-initialize.yaml',
    'kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
    'kustomize/stage/pod/fast/pod-ready.yaml',
    'kustomize/stage/pod/fast/pod-complete.yaml',
    'kustomize/stage/pod/fast/pod-delete.yaml',
  ],
};

/** The controller of LeaderWorkerSets (groups of pods that serve one model), and its kinds. */
export const LWS_COMPONENTS: readonly Component[] = [{ name: 'lws', wrapper: 'lws', package: 'sigs.k8s.io/lws/cmd', stamps: [] }];
export const LWS_CRDS: readonly ModuleFiles[] = [{ wrapper: 'lws', module: 'sigs.k8s.io/lws', paths: ['config/crd/bases'] }];
