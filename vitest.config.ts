import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that start processes of their own, and want a small machine for themselves. */
const PROCESSES = ['test/chaos/**/*.test.ts', 'test/e2e/**/*.test.ts'];

const OTHER_CONFIGURATIONS = [
  ...configDefaults.exclude,
  'test/browser/**',
  'test/kafka/**',
  'test/containers/**',
  '**/*.kafka.test.ts',
  'data/**',
];

/** Everything that needs Node only. Tests in a browser and on a broker have configurations of their own. */
export default defineConfig({
  test: {
    // chDB ends a process that loads it in a second thread
    pool: 'forks',
    // a machine may be busy; what has to be quick is measured by the benchmarks
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'folds',
          include: ['**/*.test.ts'],
          exclude: [...OTHER_CONFIGURATIONS, ...PROCESSES],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: PROCESSES,
          exclude: OTHER_CONFIGURATIONS,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
