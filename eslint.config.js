import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const hiddenInput = 'The core is pure: make it a parameter. Only the shell reads clocks, randomness and the host.';
const hiddenInputs = ['Date', 'performance', 'crypto', 'globalThis', 'eval', 'Function', 'Atomics', 'WeakRef', 'FinalizationRegistry'];

/** What only types can tell. */
const typeAware = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
};

/**
 * Only what Biome and tsc can't see: type-aware rules for everything, and for the core the hidden inputs that `types: []` and
 * `lib: es2023` leave within reach. Suppression comments have no effect.
 */
export default defineConfig(
  { ignores: ['out/', 'dist/', 'cdk.out/', 'coverage/', 'test/fixtures/planted/', 'report/generated/'] },
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.ts', '{bin,scripts}/*.mjs'],
    ignores: ['report/client/**'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.json' } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: typeAware,
  },
  {
    files: ['report/client/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.client.json' } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: typeAware,
  },
  {
    files: ['lambda/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...hiddenInputs.map((name) => ({ name, message: hiddenInput }))],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: hiddenInput },
        { object: 'Temporal', property: 'Now', message: hiddenInput },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['temporal-polyfill/*'], message: 'The core imports temporal-polyfill itself.' }] },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportExpression', message: 'The core imports statically.' },
        { selector: "MetaProperty[meta.name='import']", message: 'The core knows no place on disk.' },
        { selector: "MemberExpression[object.property.name='Temporal'][property.name='Now']", message: hiddenInput },
        {
          selector: 'MemberExpression[property.name=/^(toLocale\\w*String|resolvedOptions)$/]',
          message: `It depends on the host's locale or zone. ${hiddenInput}`,
        },
        {
          selector: 'CallExpression[callee.property.name=/^format(ToParts)?$/][arguments.length=0]',
          message: `Without an argument it formats the present. ${hiddenInput}`,
        },
      ],
    },
  },
);
