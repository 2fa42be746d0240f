import { join } from 'node:path';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, type NodejsFunctionProps, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { bundleConfiguration } from './bundle-configuration.ts';
import type { Configuration } from './load-configuration.ts';

const ROOT = join(import.meta.dirname, '..');

/** The SDK is bundled too, so that what was tested is what runs. CommonJS packages in it call `require`, which an ES module lacks. */
const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  externalModules: [],
  minify: true,
  sourceMap: true,
  sourceMapMode: SourceMapMode.DEFAULT,
  sourcesContent: false,
  banner: "import { createRequire } from 'module';const require = createRequire(import.meta.url);",
};

/** What every function shares: `name` is its folder below lambda/functions. */
export function functionProps(name: string, configuration: Configuration): NodejsFunctionProps {
  return {
    entry: join(ROOT, 'lambda', 'functions', name, 'handler.ts'),
    projectRoot: ROOT,
    depsLockFilePath: join(ROOT, 'package-lock.json'),
    bundling: { ...BUNDLING, commandHooks: bundleConfiguration(configuration) },
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    tracing: Tracing.ACTIVE,
    awsSdkConnectionReuse: false,
  };
}
