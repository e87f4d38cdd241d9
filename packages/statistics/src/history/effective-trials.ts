import { returnMomentsOf } from './moments.ts';

/**
 * How many independent trials correlated ones are worth: ρ + (1 − ρ)·M, ρ the mean correlation of their M returns (Bailey & López de
 * Prado 2014, appendix A.3), from 1 to M. Trials that do not vary are not counted. Throws RangeError where lengths differ.
 *
 * @param returns By trial, then by step.
 */
export function effectiveTrials(returns: readonly Float64Array[]): number {
  const steps = returns[0]?.length ?? 0;
  const total = new Float64Array(steps);
  let count = 0;
  returns.forEach((values, k) => {
    if (values.length !== steps) {
      throw new RangeError(
        `effectiveTrials: every trial needs ${steps} returns like the first, got ${values.length} of trial ${k}`,
      );
    }
    const { mean, deviation } = returnMomentsOf(values);
    if (!(deviation > 0)) return;
    count++;
    for (let i = 0; i < steps; i++) total[i] = total[i]! + (values[i]! - mean) / deviation;
  });
  if (count < 2) return count;
  // The variance of a sum of standardised series is the sum of all their correlations.
  const all = returnMomentsOf(total).deviation ** 2;
  const correlation = Math.max(0, (all - count) / (count * (count - 1)));
  return correlation + (1 - correlation) * count;
}
