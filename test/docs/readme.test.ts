import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { configurationOf, generatedDocuments } from '../../scripts/generate-readme.ts';
import { readText } from '../repository/repository-files.ts';

describe('the README', () => {
  it('has a configuration that is accepted, without a key that has no effect', () => {
    expect(parseConfig(configurationOf(readText('README.md')), 'foretide.yaml').notes).toEqual([]);
  });

  it('shows what its commands print, and its pictures are those of `npm start` (stale: npm run generate)', {
    timeout: 120_000,
  }, async () => {
    const documents = await generatedDocuments();
    expect(readText('README.md')).toBe(documents.get('README.md'));
    expect([...documents].filter(([path, text]) => readText(path) !== text).map(([path]) => path)).toEqual([]);
  });
});
