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
}

/** Counts a column of the episodes in bins, in the database: no row comes into JavaScript. Whole numbers have bins of whole width. */
export async function loadDistribution(
  tables: Tables,
  field: string,
  metric: Metric,
  isWhole: boolean = false,
): Promise<Distribution> {
  const { n } = metric;
  const [low, high, width] = binsFor(metric, isWhole ? 1 : 0);
  if (low === high) return { n, bins: [], below: 0, above: 0 };
  const [first, last] = [low * width, high * width];
  const counted = await tables.rows<[number, number]>(
    'episodes',
    (from) => `SELECT CASE WHEN x < ${first} THEN ${low - 1} WHEN x > ${last} THEN ${high}
        ELSE least(floor(x / ${width}), ${high - 1}) END AS bin, CAST(count(*) AS DOUBLE)
      FROM (SELECT CAST(${quoteName(field)} AS DOUBLE) AS x FROM ${from} WHERE endReason <> 'failed' AND ${quoteName(field)} IS NOT NULL)
      GROUP BY bin`,
  );
  const counts = new Map(counted);
  const countOf = (bin: number): number => counts.get(bin) ?? 0;
  const bins = Array.from({ length: high - low }, (_, i) => ({
    from: (low + i) * width,
    to: (low + i + 1) * width,
    count: countOf(low + i),
  }));
  return { n, bins, below: countOf(low - 1), above: countOf(high) };
}

export type Spread = Pick<Metric, 'n' | 'min' | 'max' | 'q05' | 'q25' | 'q75' | 'q95'>;

/**
 * First and last edge in units of the width, and the width: Freedman and Diaconis 1981, rounded to 1, 2 or 5. Bins reach
 * one 5–95 % range beyond these quantiles at most: a few extreme values must not squeeze all others into one bar.
 */
export function binsFor({ n, min, max, q05, q25, q75, q95 }: Spread, leastWidth: number = 0): [number, number, number] {
  if (min === null || max === null || q05 === null || q95 === null || !(max > min)) return [0, 0, 1];
  const range = q95 - q05;
  const from = range > 0 ? Math.max(min, q05 - range) : min;
  const to = range > 0 ? Math.min(max, q95 + range) : max;
  const wanted = (2 * ((q75 ?? q95) - (q25 ?? q05))) / Math.cbrt(n);
  const fewest = Math.min(20, Math.max(5, Math.sqrt(n)));
  const wide = Math.min((to - from) / fewest, Math.max((to - from) / MOST_BINS, wanted));
  const width = Math.max(leastWidth, niceStep(wide));
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
