import type { Estimate } from '../estimate.ts';
import type { Sample } from '../sample.ts';

/** Extremes are those of the episodes that were run: more episodes give more extreme ones, and no interval holds them. */
const OBSERVED = 'observed';

/** The least known value, as observed. */
export function minimumOf(sample: Sample): Estimate {
  return observed(sample, (value, best) => value < best);
}

/** The largest known value, as observed. */
export function maximumOf(sample: Sample): Estimate {
  return observed(sample, (value, best) => value > best);
}

function observed({ values }: Sample, isBetter: (value: number, best: number) => boolean): Estimate {
  let best = Number.NaN;
  let n = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (n++ === 0 || isBetter(value, best)) best = value;
  }
  return { value: best, low: Number.NaN, high: Number.NaN, n, method: OBSERVED };
}
