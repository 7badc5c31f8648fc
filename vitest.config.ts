import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that kill processes at any moment, and want a small machine for themselves. */
const CHAOS = ['test/chaos/{http,import}.test.ts'];
/** Others that start processes of their own. */
const PROCESSES = ['test/e2e/**/*.test.ts', 'test/chaos/disk.test.ts', 'test/chaos/long-move/**/*.test.ts'];

const OTHER_CONFIGURATIONS = [
  ...configDefaults.exclude,
  'test/browser/**',
  'test/kafka/**',
  'test/containers/**',
  '**/*.kafka.test.ts',
  'data/**',
];

/** Folders whose files take long: what begins with them does not wait for one of them in the end, with one core idle. */
const LONG = /\/test\/(?:properties|oracle|simulation)\//;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Everything that needs Node only. Tests in a browser and on a broker have configurations of their own. */
export default defineConfig({
  test: {
    // tests start processes, write to real folders and change what is the process's own
    pool: 'forks',
    // a machine may be busy; what has to be quick is measured by the benchmarks
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'folds',
          include: ['**/*.test.ts'],
          exclude: [...OTHER_CONFIGURATIONS, ...PROCESSES, ...CHAOS],
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
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: CHAOS,
          exclude: OTHER_CONFIGURATIONS,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
