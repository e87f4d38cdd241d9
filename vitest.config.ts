import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
      'dashboards/test/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // Runs with worker threads and child processes share two processors.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
