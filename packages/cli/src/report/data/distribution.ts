import { type Metric, quoteName } from '@ergodic/workers';
import type { Tables } from './tables.ts';

const MOST_BINS = 60;

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Distribution {
  readonly n: number;
  /** Adjacent and of one width; one of the edges is 0. Empty where all values are equal. */
  readonly bins: readonly Bin[];
  /** Values beyond the bins. */
  readonly below: number;
  readonly above: number;
  readonly negative: number;
  /** Mean of the values up to the 5 % quantile. */
  readonly tailMean: number | null;
}

/** Counts a column of the episodes in bins, in the database: no row comes into JavaScript. */
export async function loadDistribution(tables: Tables, field: string, metric: Metric): Promise<Distribution> {
  const { n, q05 } = metric;
  const known = (from: string): string =>
    `(SELECT CAST(${quoteName(field)} AS DOUBLE) AS x FROM ${from} WHERE endReason <> 'failed' AND ${quoteName(field)} IS NOT NULL)`;
  const [low, high, width] = binsFor(metric);
  const [first, last] = [low * width, high * width];
  const [totals] = await tables.rows<number[]>(
    'episodes',
    (from) => `SELECT CAST(count(*) FILTER (x < 0) AS DOUBLE), CAST(count(*) FILTER (x < ${first}) AS DOUBLE),
      CAST(count(*) FILTER (x > ${last}) AS DOUBLE), avg(x) FILTER (x <= ${q05 ?? 0}) FROM ${known(from)}`,
  );
  const [negative = 0, below = 0, above = 0, tailMean = null] = totals ?? [];
  if (low === high) return { n, bins: [], below: 0, above: 0, negative, tailMean };
  const counted = await tables.rows<[number, number]>(
    'episodes',
    (from) => `SELECT least(greatest(floor(x / ${width}), ${low}), ${high - 1}), CAST(count(*) AS DOUBLE)
      FROM ${known(from)} WHERE x BETWEEN ${first} AND ${last} GROUP BY 1`,
  );
  const counts = new Map(counted);
  const bins = Array.from({ length: high - low }, (_, i) => ({
    from: (low + i) * width,
    to: (low + i + 1) * width,
    count: counts.get(low + i) ?? 0,
  }));
  return { n, bins, below, above, negative, tailMean };
}

export type Spread = Pick<Metric, 'n' | 'min' | 'max' | 'q05' | 'q25' | 'q75' | 'q95'>;

/**
 * First and last edge in units of the width, and the width: Freedman and Diaconis 1981, rounded to 1, 2 or 5. Bins reach
 * one 5–95 % range beyond these quantiles at most: a few extreme values must not squeeze all others into one bar.
 */
export function binsFor({ n, min, max, q05, q25, q75, q95 }: Spread): [number, number, number] {
  if (min === null || max === null || q05 === null || q95 === null || !(max > min)) return [0, 0, 1];
  const range = q95 - q05;
  const from = range > 0 ? Math.max(min, q05 - range) : min;
  const to = range > 0 ? Math.min(max, q95 + range) : max;
  const wanted = (2 * ((q75 ?? q95) - (q25 ?? q05))) / Math.cbrt(n);
  const fewest = Math.min(20, Math.max(5, Math.sqrt(n)));
  const width = niceStep(Math.min((to - from) / fewest, Math.max((to - from) / MOST_BINS, wanted)));
  const low = Math.floor(from / width);
  const high = Math.max(low + 1, Math.ceil(to / width));
  // Values that differ in their last digits only have no bins.
  return Number.isSafeInteger(low) && Number.isSafeInteger(high) && width > 0 ? [low, high, width] : [0, 0, 1];
}

function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const lead = step / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}
