import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/fixtures/**'],
    // Processes, not threads: only a process can be in another zone than the machine.
    pool: 'forks',
    env: { TZ: 'Pacific/Apia' },
    allowOnly: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
