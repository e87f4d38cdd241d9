import { type Estimate, TAIL } from '../estimate.ts';
import { skewedLimits } from './limits.ts';
import { momentsOf } from './moments.ts';

/**
 * An estimate whose error is, to first order, the mean of influence values (Hampel 1974, "The influence curve and its role in robust estimation",
 * JASA 69): its interval is that of their mean. `influence`: one an episode, NaN where its value is missing.
 */
export function fromInfluence(
  value: number,
  influence: Float64Array,
  antithetic: boolean,
  method: string,
  tail: number = TAIL,
): Estimate {
  const moments = momentsOf({ values: influence, antithetic });
  const [low, high] = skewedLimits(moments, tail);
  return { value, low: value + low, high: value + high, n: moments.n, method };
}
