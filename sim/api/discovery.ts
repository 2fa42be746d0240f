import { apiVersionOf, RESOURCES, type Resource } from '../resources.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** Answers for the paths by which clients find out what there is; undefined for any other path. */
export function discover(path: string): object | undefined {
  switch (path) {
    case '/version':
      return {
        major: '1',
        minor: '35',
        gitVersion: 'v1.35.4',
        gitCommit: '',
        gitTreeState: 'clean',
        buildDate: '1970-01-01T00:00:00Z',
        goVersion: '',
        compiler: '',
        platform: 'twin',
      };
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/apis':
      return {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: groups()
          .filter((group) => group !== '')
          .map(renderGroup),
      };
    case '/openapi/v3':
      return {
        paths: Object.fromEntries(groupVersions().map(([root, name]) => [root, { serverRelativeURL: `/openapi/v3/${root}?hash=${name}` }])),
      };
    default:
      return discoverGroup(path);
  }
}

function discoverGroup(path: string): object | undefined {
  const openApi = groupVersions().find(([root]) => path === `/openapi/v3/${root}`);
  if (openApi !== undefined) return renderOpenApi(openApi[1]);
  const listed = groupVersions().find(([root]) => path === `/${root}`);
  if (listed !== undefined) return renderResources(listed[1]);
  const group = groups().find((name) => name !== '' && path === `/apis/${name}`);
  return group === undefined ? undefined : { ...renderGroup(group), kind: 'APIGroup', apiVersion: 'v1' };
}

function groups(): readonly string[] {
  return [...new Set(RESOURCES.map(({ group }) => group))];
}

/** `api/v1` and `apis/apps/v1`, each with its `apiVersion`. */
function groupVersions(): readonly (readonly [string, string])[] {
  const names = [...new Set(RESOURCES.map(apiVersionOf))];
  return names.map((name) => [name === 'v1' ? 'api/v1' : `apis/${name}`, name]);
}

function renderGroup(name: string): object {
  const versions = [...new Set(RESOURCES.filter(({ group }) => group === name).map(({ version }) => version))];
  const rendered = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: rendered, preferredVersion: rendered[0] };
}

function renderResources(groupVersion: string): object {
  const resources = RESOURCES.filter((resource) => apiVersionOf(resource) === groupVersion).flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: VERBS,
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories === undefined ? {} : { categories: resource.categories }),
    },
    ...resource.subresources.map((name) => ({
      name: `${resource.plural}/${name}`,
      singularName: '',
      namespaced: resource.namespaced,
      kind: name === 'scale' ? 'Scale' : resource.kind,
      ...(name === 'scale' ? { group: 'autoscaling', version: 'v1' } : {}),
      verbs: ['get', 'patch', 'update'],
    })),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

/** As much OpenAPI as kubectl needs to learn that the server validates fields itself. */
function renderOpenApi(groupVersion: string): object {
  const paths = RESOURCES.filter((resource) => apiVersionOf(resource) === groupVersion).flatMap((resource) => {
    const root = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
    const collection = `${root}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}`;
    return [
      [collection, { post: operation(resource, 'post') }],
      [`${collection}/{name}`, { patch: operation(resource, 'patch'), put: operation(resource, 'put') }],
    ];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Foretide twin', version: 'v1.35.4' },
    paths: Object.fromEntries(paths),
    components: { schemas: {} },
  };
}

function operation({ group, version, kind }: Resource, verb: string): object {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  return {
    'x-kubernetes-action': verb,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters,
    responses: { 200: { description: 'OK' } },
  };
}
