import { dirname, join } from 'node:path';
import type { ICommandHooks } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Configuration } from './load-configuration.ts';

/** Puts the configuration and its calendars beside the bundled handler, where it parses them at its cold start. */
export function bundleConfiguration({ directory, fileName, calendarFiles }: Configuration): ICommandHooks {
  return {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (_, outputDirectory) =>
      [fileName, ...new Set(calendarFiles)].flatMap((file) => [
        `mkdir -p ${quote(dirname(join(outputDirectory, file)))}`,
        `cp ${quote(join(directory, file))} ${quote(join(outputDirectory, file))}`,
      ]),
  };
}

/** One word for a POSIX shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
