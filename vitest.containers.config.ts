import { defineConfig } from 'vitest/config';

/** Tests on the images of docker-compose.yml, one container of each for the whole run; fails when no container engine answers. */
export default defineConfig({
  test: {
    include: ['test/containers/**/*.test.ts'],
    globalSetup: ['test/containers/global-setup.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
  },
});
