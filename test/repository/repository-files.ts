import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The paths of everything that git would track, without asking git, which a downloaded archive or a bare machine doesn't have. */
export function listRepositoryFiles(): string[] {
  const ignored = ['.git', ...readText('.gitignore').split('\n').filter(Boolean).map(parseIgnoreLine)];
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (ignored.some((pattern) => matchesGlob(entry.name, pattern))) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else files.push(path);
    }
  };
  walk('');
  return files.sort();
}

/** Only names without a folder, as our .gitignore has them; anything else needs more than this file knows. */
function parseIgnoreLine(line: string): string {
  const name = line.replace(/\/$/, '');
  if (/[/!#\\]/.test(name)) throw new Error(`.gitignore: "${line}" is more than a name; teach repository-files.ts to read it`);
  return name;
}
