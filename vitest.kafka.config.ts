import { defineConfig } from 'vitest/config';

/** Tests on a real Kafka broker, one for the whole run; it needs Java and Maven, and fails when they lack. */
export default defineConfig({
  test: {
    include: ['**/*.kafka.test.ts', 'test/kafka/**/*.test.ts'],
    globalSetup: ['test/kafka/global-setup.ts'],
    pool: 'forks',
    // the broker, and what the tests start, want both cores of a small machine
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 40_000,
  },
});
