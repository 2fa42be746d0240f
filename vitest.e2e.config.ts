import { defineConfig } from 'vitest/config';

/** What needs the test control plane, which is built and started only when one of these files is to run. */
const onControlPlane = 'test/e2e/on-control-plane/**/*.e2e.test.ts';

const shared = {
  pool: 'forks' as const,
  env: { TZ: 'Pacific/Apia' },
  // Real components: at peace with each other on few cores, and with time to do what they do.
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      { test: { ...shared, name: 'processes', include: ['test/e2e/**/*.e2e.test.ts'], exclude: [onControlPlane] } },
      {
        test: {
          ...shared,
          name: 'control-plane',
          include: [onControlPlane],
          globalSetup: 'test/e2e/control-plane/global-setup.ts',
        },
      },
    ],
  },
});
