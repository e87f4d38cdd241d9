import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Runs with worker threads and child processes share two processors.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['packages/{core,calibration,statistics,pipeline}/test/**/*.test.ts'],
          // They suffer little from a neighbour.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: [
            'packages/!(core|calibration|statistics|pipeline)/test/**/*.test.ts',
            'bench/test/**/*.test.ts',
            'dashboards/test/**/*.test.ts',
            'examples/**/*.test.ts',
          ],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
