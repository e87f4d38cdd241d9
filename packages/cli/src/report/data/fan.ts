import { fanValue, type Manifest } from '@ergodic/workers';
import type { Tables } from './tables.ts';

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** Quantiles of equity over the episodes, at one time. */
export interface FanPoint {
  /** Since the start. */
  readonly timeMs: number;
  readonly q05: number;
  readonly q25: number;
  readonly q50: number;
  readonly q75: number;
  readonly q95: number;
}

export async function loadFan(tables: Tables, { config, layout }: Manifest): Promise<FanPoint[]> {
  const quantiles = LEVELS.map((level) => `CAST(min(bin) FILTER (upTo > ${level} * (total - 1)) AS DOUBLE)`);
  const rows = await tables.rows<number[]>(
    'fan',
    (from) => `WITH merged AS (SELECT point, bin, sum(count) AS count FROM ${from} GROUP BY point, bin),
      ranked AS (SELECT point, bin, sum(count) OVER (PARTITION BY point ORDER BY bin) AS upTo,
        sum(count) OVER (PARTITION BY point) AS total FROM merged)
      SELECT CAST(point AS DOUBLE), ${quantiles.join(', ')} FROM ranked GROUP BY point ORDER BY point`,
  );
  return rows.map(([point, ...bins]) => {
    const [q05, q25, q50, q75, q95] = bins.map((bin) => fanValue(bin) * config.portfolio.cash) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { timeMs: layout.fanSteps[point!]! * layout.intervalMs, q05, q25, q50, q75, q95 };
  });
}
