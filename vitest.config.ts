import { configDefaults, defineConfig } from 'vitest/config';

/** Everything that needs Node only. Tests in a browser have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      'test/browser/**',
      'test/kafka/**',
      'test/containers/**',
      '**/*.kafka.test.ts',
      'data/**',
    ],
    // chDB ends a process that loads it in a second thread
    pool: 'forks',
    // a machine may be busy; what has to be quick is measured by the benchmarks
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
});
