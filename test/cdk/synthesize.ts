import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { type AddStacksOptions, addStacks } from '../../lib/add-stacks.ts';
import { loadConfiguration } from '../../lib/load-configuration.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const EXAMPLE = join(ROOT, 'examples', 'foretide.yaml');

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

const made: string[] = [];

/** A directory that is gone when the test file is done. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'foretide-cdk-'));
  if (made.push(directory) === 1) {
    afterAll(() => {
      for (const each of made) rmSync(each, { recursive: true, force: true });
    });
  }
  return directory;
}

/** Writes files by their relative paths and returns their directory. */
export function writeFiles(files: Readonly<Record<string, string>>): string {
  const directory = makeDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

export type Resource = { readonly Type: string; readonly Properties: Record<string, unknown>; readonly DeletionPolicy?: string };

export type Synthesized = {
  readonly outdir: string;
  readonly templates: ReadonlyMap<string, Template>;
};

export type SynthesizeOptions = AddStacksOptions & { readonly bundling?: boolean; readonly nag?: boolean };

/** What `cdk synth` makes of a configuration file, with the feature flags of cdk.json; handlers are bundled only on request. */
export function synthesize(file: string, { bundling = false, nag = false, ...options }: SynthesizeOptions = {}): Synthesized {
  const outdir = makeDirectory();
  const { context } = CdkJson.parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  const app = new App({ outdir, context: { ...context, ...(!bundling && NO_BUNDLING) } });
  if (nag) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stacks = addStacks(app, loadConfiguration(file), options);
  const assembly = app.synth();
  return {
    outdir,
    templates: new Map(stacks.map((stack) => [stack.stackName, Template.fromJSON(assembly.getStackArtifact(stack.artifactId).template)])),
  };
}

/** Every resource of a type, of all stacks. */
export function resourcesOf({ templates }: Synthesized, type: string): Resource[] {
  return [...templates.values()].flatMap((template) => Object.values(template.findResources(type)) as Resource[]);
}
