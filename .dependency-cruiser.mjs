/** The import rule of CONTRIBUTING.md as data: a layer may import itself and the layers listed for it, as regular expressions. */
const layers = {
  'lambda/core': [],
  'lambda/ports': ['lambda/core/'],
  'lambda/adapters': ['lambda/ports/', 'lambda/core/'],
  'lambda/app': ['lambda/core/', 'lambda/ports/'],
  'lambda/runtime': ['lambda/ports/', 'lambda/core/'],
  'lambda/functions': ['lambda/', 'report/'],
  report: ['lambda/core/'],
  sim: ['lambda/', 'report/'],
  cli: ['lambda/', 'report/', 'sim/'],
  bench: ['lambda/', 'report/', 'sim/'],
  lib: ['lambda/core/config/', 'lambda/functions/[^/]+/contract\\.ts$'],
};

/** npm packages of the layers that are not free to choose; the other layers may use any production dependency. */
const packages = {
  'lambda/core': ['temporal-polyfill', 'rrule-temporal', 'date-holidays', 'zod', 'yaml', 'simple-statistics'],
  'lambda/ports': [],
  'lambda/app': [],
  report: ['echarts'],
};

const local = '^(bin|lib|lambda|cli|sim|report|test|bench|scripts)/';
const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];
const nameOf = (layer) => layer.replace('lambda/', '');

const layerRules = Object.entries(layers).map(([layer, may]) => ({
  name: `${nameOf(layer)}-layer`,
  comment: `${layer} may import: ${[`${layer}/`, ...may].join(' · ')}`,
  severity: 'error',
  from: { path: `^${layer}/` },
  to: { path: local, pathNot: [`^${layer}/`, ...may.map((path) => `^${path}`)] },
}));

const packageRules = Object.entries(packages).flatMap(([layer, names]) => [
  {
    name: `${nameOf(layer)}-packages`,
    comment: `${layer} may import these npm packages: ${names.join(', ') || 'none'}`,
    severity: 'error',
    from: { path: `^${layer}/` },
    to: { dependencyTypes: npm, pathNot: names.map((name) => `(^|/)node_modules/${name}/`) },
  },
  {
    name: `${nameOf(layer)}-builtins`,
    comment: `${layer} runs without Node: no built-in modules`,
    severity: 'error',
    from: { path: `^${layer}/` },
    to: { dependencyTypes: ['core'] },
  },
]);

export default {
  forbidden: [
    ...layerRules,
    ...packageRules,
    {
      name: 'ports-types-only',
      comment: 'ports import types of the core, never its code: write `import type`',
      severity: 'error',
      from: { path: '^lambda/ports/' },
      to: { path: '^lambda/core/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'lib-reaches-no-handler',
      comment: 'lib refers to handlers by path; what it imports must not lead to their code, even indirectly',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^lambda/(adapters|app|runtime|functions/.*/handler\\.ts$)', reachable: true },
    },
    {
      name: 'nothing-imports-test-or-bin',
      comment: 'tests and entry points are leaves',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^(test|bin)/' },
    },
    {
      name: 'tests-import-no-bin',
      comment: 'entry points only wire; test what they wire, or spawn them',
      severity: 'error',
      from: { path: '^test/' },
      to: { path: '^bin/' },
    },
    {
      name: 'no-cycles',
      comment: 'split out what both sides need',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'production-dependencies',
      comment: 'what is shipped imports no development dependency',
      severity: 'error',
      from: { path: '^(bin|lib|lambda|cli|sim|report)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    {
      name: 'resolvable',
      comment: 'the import names a file or an installed package',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|cdk\\.out|coverage|test/fixtures/planted)/' },
    tsPreCompilationDeps: true,
    parser: 'tsc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
