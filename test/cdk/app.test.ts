import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLEET, FLEET_FILES } from './fleet.ts';
import { makeDirectory, ROOT, writeFiles } from './synthesize.ts';

type Run = { readonly code: number | string; readonly stderr: string; readonly outdir: string };

/** `bin/app.ts` as the CDK CLI starts it, in a directory with these files; nothing is bundled. */
function runApp(files: Readonly<Record<string, string>>, context: Readonly<Record<string, unknown>> = {}): Promise<Run> {
  const outdir = makeDirectory();
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:bundling-stacks': [] }),
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'bin', 'app.ts')], { cwd: writeFiles(files), env }, (error, _, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 'killed'), stderr, outdir });
    });
  });
}

describe('a configuration that is wrong', () => {
  it.each([
    [
      'a mistake in the configuration',
      { 'foretide.yaml': FLEET.replace('bounds: { min: 2, max: 40 }', 'bounds: { min: -2, max: 40 }') },
      /^foretide\.yaml:8:\d+ workloads\[0\]\.bounds\.min: .*-2/m,
    ],
    [
      'a mistake in a calendar',
      { ...FLEET_FILES, 'events.yaml': '- { name: launch, workloads: [chad], start: 2026-12-01T09:00Z, duration: 2h, floor: 10 }\n' },
      /^events\.yaml:1:\d+ \[0\]\.workloads\[0\]: .*chad/m,
    ],
    [
      'a calendar that is not there',
      { 'foretide.yaml': FLEET },
      /events\.yaml does not exist\. It is named in calendar\.sources of foretide\.yaml\./,
    ],
    [
      'a calendar outside the directory',
      { 'foretide.yaml': FLEET.replace('events.yaml', '../events.yaml') },
      /calendar\.sources: file \.\.\/events\.yaml lies outside .*Move it there\./,
    ],
    [
      'no cluster to deploy for',
      {
        'foretide.yaml':
          'clusters: [{ name: dev, kubeconfig: { context: dev } }]\nworkloads: [{ name: w, target: { kind: ScaledObject, namespace: n, name: o } }]\n',
      },
      /none can be deployed for, each has a kubeconfig/,
    ],
    ['an empty file', { 'foretide.yaml': '' }, /^foretide\.yaml:1:1: /m],
  ])('fails with its message, exit code 2 and no stack trace: %s', async (_, files, message) => {
    const { code, stderr, outdir } = await runApp(files);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
  });

  it('names a file that is not there, and the option', async () => {
    const { code, stderr } = await runApp({}, { config: 'nowhere.yaml' });
    expect(stderr).toMatch(/nowhere\.yaml does not exist\. Pass another with -c config=FILE\./);
    expect(code).toBe(2);
  });
});

describe('the file', () => {
  it('is foretide.yaml in the working directory', async () => {
    const { code, outdir } = await runApp(FLEET_FILES);
    expect(code).toBe(0);
    expect(existsSync(join(outdir, 'Foretide-eu-west-1.template.json'))).toBe(true);
  });

  it('is the bundled example where there is none, and that is said', async () => {
    const { code, stderr, outdir } = await runApp({});
    expect(code).toBe(0);
    expect(stderr).toContain('There is no foretide.yaml here: this is the bundled example.');
    expect(existsSync(join(outdir, 'Foretide-us-east-1.template.json'))).toBe(true);
  });

  it('is the one that the context names, which can also leave access entries out', async () => {
    const { 'foretide.yaml': text, ...calendars } = FLEET_FILES;
    const { code, outdir } = await runApp({ 'fleet.yaml': text, ...calendars }, { config: 'fleet.yaml', accessEntries: 'false' });
    expect(code).toBe(0);
    expect(readFileSync(join(outdir, 'Foretide-eu-west-1.template.json'), 'utf8')).not.toContain('AWS::EKS::AccessEntry');
  });
});
