import { defineConfig } from 'vitest/config';

/** Tests that drive the dashboard in a real Chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    pool: 'forks',
    // one browser at a time: two of them starve each other on a small machine
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
