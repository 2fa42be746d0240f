// Runs every script that the patterns match, in order of name, one after the other: `node scripts/run-each.mjs 'scripts/generate-*.ts'`.
// Words after `--` select those whose name contains one of them: `npm run bench -- prescale`. From the first option on, arguments are
// the scripts' own: `npm run bench -- prescale --docs`.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename } from 'node:path';

const separator = process.argv.indexOf('--');
const patterns = process.argv.slice(2, separator === -1 ? undefined : separator);
const given = separator === -1 ? [] : process.argv.slice(separator + 1);
const firstOption = given.findIndex((argument) => argument.startsWith('-'));
const wanted = given.slice(0, firstOption === -1 ? undefined : firstOption);
const own = firstOption === -1 ? [] : given.slice(firstOption);
const files = globSync(patterns)
  .filter((file) => wanted.length === 0 || wanted.some((part) => basename(file).includes(part)))
  .sort();
if (files.length === 0) {
  console.error(
    `run-each: no script matches ${patterns.join(' ')}${wanted.length === 0 ? '' : ` with ${wanted.join(' or ')} in its name`}`,
  );
  process.exitCode = 2;
}
const failed = files.filter((file) => {
  console.log(`· ${file}`);
  return spawnSync(process.execPath, [file, ...own], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  console.error(`run-each: failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
