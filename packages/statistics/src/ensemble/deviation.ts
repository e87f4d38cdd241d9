import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { SKEWED_T, skewedLimits } from './limits.ts';
import { meanKnown, momentsOf } from './moments.ts';

const METHOD = `root of the interval of the mean square, ${SKEWED_T}`;

/**
 * Sample standard deviation, divisor n − 1; undefined below two values. The interval is that of the mean squared deviation, of which the root is
 * taken: it needs a fourth moment and, unlike the chi-square interval, no normal values.
 */
export function deviationOf({ values, antithetic }: Sample, tail: number = TAIL): Estimate {
  const { n, mean } = meanKnown(values);
  if (n < 2 || !Number.isFinite(mean)) return unknown(n, METHOD);
  const squares = values.map((value) => (value - mean) * (value - mean));
  const moments = momentsOf({ values: squares, antithetic });
  const variance = (moments.mean * n) / (n - 1);
  const [low, high] = skewedLimits(moments, tail);
  return {
    value: Math.sqrt(variance),
    low: Math.sqrt(Math.max(0, variance + low)),
    high: Math.sqrt(variance + high),
    n,
    method: METHOD,
  };
}
