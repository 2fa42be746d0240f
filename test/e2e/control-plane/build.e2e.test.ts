import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildControlPlane } from './build.ts';
import { COMPONENTS, CRDS, LWS_COMPONENTS, LWS_CRDS, STAGES } from './components.ts';
import { requireGo, requireOpenssl } from './tools.ts';

let directory: string;
const said: string[] = [];
const say = (line: string) => void said.push(line);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-build-'));
  said.length = 0;
  vi.stubEnv('XDG_CACHE_HOME', join(directory, 'cache'));
  for (const { module, paths } of [...CRDS, STAGES, ...LWS_CRDS]) {
    for (const path of paths) {
      const file = join(directory, 'modules', module, path.endsWith('.yaml') ? path : `${path}/${path.replaceAll('/', '-')}.yaml`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `# ${module}\n`);
    }
  }
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

/** A Go that builds in an instant, notes what, and can't build `broken`. Its modules are those of `beforeEach`. */
async function installGo(version: string, broken = 'nothing'): Promise<void> {
  const script = `#!/bin/sh
case "$1" in
  env) echo ${version} ;;
  list) for module; do :; done; echo ${directory}/modules/$module ;;
  build)
    for main; do :; done
    case "$main" in *${broken}) echo "$main: undefined: everything" >&2; exit 1 ;; esac
    echo "$main" >> ${directory}/built
    while [ "$1" != -o ]; do shift; done
    echo "$main" > "$2" ;;
esac
`;
  const bin = join(directory, 'go', 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'go'), script);
  await chmod(join(bin, 'go'), 0o755);
  vi.stubEnv('PATH', [bin, '/usr/bin', '/bin'].join(delimiter));
}

async function readBuilt(): Promise<readonly string[]> {
  return (await readFile(join(directory, 'built'), 'utf8')).trim().split('\n');
}

const mains = [...COMPONENTS, ...LWS_COMPONENTS].map((component) => component.package);

describe('building the control plane', () => {
  it('fills the cache, and needs no Go when it is full', async () => {
    await installGo('go1.26.6');
    const { bin, crds, stages, lws } = await buildControlPlane(say);
    expect((await readdir(bin)).sort()).toEqual(COMPONENTS.map(({ name }) => name).sort());
    expect((await readdir(crds)).length).toBe(CRDS.flatMap(({ paths }) => paths).length);
    expect((await readdir(stages)).length).toBe(STAGES.paths.length);
    expect(await readdir(lws.bin)).toEqual(['lws']);
    expect(await readdir(lws.crds)).toHaveLength(1);
    expect(said).toContain('[1/9] etcd is being built');
    vi.stubEnv('PATH', '');
    expect(await buildControlPlane(say)).toEqual({ bin, crds, stages, lws });
  });

  it('builds each program once when two want them at the same time', async () => {
    await installGo('go1.27.0');
    const [one, other] = await Promise.all([buildControlPlane(say), buildControlPlane(say)]);
    expect(one).toEqual(other);
    expect(await readBuilt()).toEqual(mains);
  });

  it("fails with the compiler's words, and goes on from there the next time", async () => {
    await installGo('go1.26.8', 'kube-scheduler');
    await expect(buildControlPlane(say)).rejects.toThrow(
      /building kube-scheduler in \S+: go ended with 1:\nk8s\.io\/kubernetes\/cmd\/kube-scheduler: undefined: everything/,
    );
    await installGo('go1.26.8');
    await buildControlPlane(say);
    expect(await readBuilt()).toEqual(mains);
  });
});

describe('a tool that is missing', () => {
  it('is named, with how to get it', async () => {
    vi.stubEnv('PATH', directory);
    await expect(requireGo()).rejects.toThrow('go is not on PATH. Install Go 1.26.6 or later (https://go.dev/dl)');
    await expect(requireOpenssl()).rejects.toThrow('openssl is not on PATH. Install OpenSSL 3');
  });

  it.each(['go1.26.5', 'go1.25.9', 'go1.26', 'devel'])('is too old as %s', async (version) => {
    await installGo(version);
    await expect(requireGo()).rejects.toThrow(/Install Go 1\.26\.6 or later/);
  });

  it.each(['go1.26.6', 'go1.26.8', 'go1.27rc1', 'go2.0.0'])('is new enough as %s', async (version) => {
    await installGo(version);
    await requireGo();
  });
});
