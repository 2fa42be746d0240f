import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.test.ts'],
    pool: 'forks',
    env: { TZ: 'Pacific/Apia' },
    allowOnly: false,
    // Real components start here, and may be built first.
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
});
