import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Database, type Metric, quoteText } from '@ergodic/workers';
import { expect, it } from 'vitest';
import { type Distribution, loadDistribution } from '../../src/report/data/distribution.ts';
import { Tables } from '../../src/report/data/tables.ts';
import { withFolder } from './run.ts';

/** The distribution of values given as SQL over `i`, the number of the episode. */
function distributionOf(n: number, value: string, isWhole = false): Promise<{ data: Distribution; metric: Metric }> {
  return withFolder(async (dir) => {
    await mkdir(path.join(dir, 'parts/000001'), { recursive: true });
    const file = quoteText(path.join(dir, 'parts/000001/episodes.parquet'));
    const database = await Database.open();
    await database.rows(
      `COPY (SELECT i AS episode, 'completed' AS endReason, ${value} AS totalReturn FROM range(${n}) t(i)) TO ${file} (FORMAT parquet)`,
    );
    const [row] = await database.rows(
      `SELECT min(x), max(x), quantile_cont(x, 0.05), quantile_cont(x, 0.25), quantile_cont(x, 0.5), quantile_cont(x, 0.75),
        quantile_cont(x, 0.95) FROM (SELECT CAST(totalReturn AS DOUBLE) AS x FROM ${file})`,
    );
    const [min, max, q05, q25, q50, q75, q95] = row as number[];
    const metric = { n, min, max, q05, q25, q50, q75, q95, mean: 0, sd: 0, ci95: [0, 0] } as unknown as Metric;
    try {
      const tables = new Tables(database, dir);
      return { data: await loadDistribution(tables, 'totalReturn', metric, isWhole), metric };
    } finally {
      database.close();
    }
  });
}

const sum = ({ bins, below, above }: Distribution): number =>
  bins.reduce((total, { count }) => total + count, below + above);

it('counts a million episodes into bins with an edge at zero', async () => {
  const { data } = await distributionOf(1_000_000, '(i + 0.5) / 1000000 - 0.3');
  expect(sum(data)).toBe(1_000_000);
  const negative = data.bins.filter(({ from }) => from < 0).reduce((total, { count }) => total + count, 0);
  expect(negative).toBe(300_000);
  expect(data.bins.length).toBeGreaterThanOrEqual(20);
  expect(data.bins.length).toBeLessThanOrEqual(120);
  expect(data.bins.some(({ from }) => from === 0)).toBe(true);
});

it('leaves values far out beyond the bins, and counts them', async () => {
  const { data, metric } = await distributionOf(1_000, 'CASE WHEN i = 7 THEN 1000 ELSE i / 1000 - 0.5 END');
  expect(sum(data)).toBe(1_000);
  expect(data.above).toBe(1);
  expect(data.bins.at(-1)!.to).toBeLessThan(metric.q95! * 4);
});

it('has no bins for one value, or for many that are equal', async () => {
  for (const n of [1, 100]) {
    const { data } = await distributionOf(n, '0.1');
    expect(data).toMatchObject({ n, bins: [], below: 0, above: 0 });
  }
});

it('has bins where all but a few values are equal', async () => {
  const { data } = await distributionOf(1_000, 'CASE WHEN i = 7 THEN 0.3 ELSE -0.99 END');
  expect(sum(data)).toBe(1_000);
  expect(data.bins.length).toBeGreaterThan(1);
});

it('has bins of whole width for whole numbers, and each value in its bin', async () => {
  const { data } = await distributionOf(900, 'i % 3', true);
  expect(data.bins.map(({ from, to, count }) => [from, to, count])).toEqual([
    [0, 1, 300],
    [1, 2, 600],
  ]);
});
