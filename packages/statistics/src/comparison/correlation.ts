import { meanKnown, momentsOf } from '../ensemble/moments.ts';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { independentValues } from './independent-values.ts';
import type { Pairs } from './pairs.ts';
import { scaledLimits } from './scaled-limits.ts';

const METHOD = "Fisher's z, influence values (Devlin et al. 1975)";

/**
 * Pearson's correlation of paired values. Interval: on Fisher's z from the influence values z_a·z_b − r·(z_a² + z_b²) ÷ 2 (Devlin, Gnanadesikan &
 * Kettenring 1975, "Robust estimation and outlier detection with correlation coefficients", Biometrika 62), which need no normal law. NaN
 * where either does not vary.
 */
export function correlationOf({ a, b, n }: Pairs, tail: number = TAIL): Estimate {
  const r = pearson(a.values, b.values);
  if (Number.isNaN(r)) return unknown(n, METHOD);
  const rest = 1 - r * r;
  if (rest === 0) return { value: r, low: r, high: r, n, method: METHOD };
  const [first, second] = [standardised(a), standardised(b)];
  const influence = first.map((x, i) => {
    const y = second[i]!;
    return (x * y - (r * (x * x + y * y)) / 2) / rest;
  });
  const [below, above] = scaledLimits({ values: influence, antithetic: a.antithetic }, tail);
  const z = Math.atanh(r);
  return { value: r, low: Math.tanh(z + below), high: Math.tanh(z + above), n, method: METHOD };
}

/** Correlation of the errors of two means of the same episodes; of antithetic pairs, that of the pairs. 0 where either does not vary. */
export function correlationOfErrors(a: Sample, b: Sample): number {
  const correlation = pearson(independentValues(a), independentValues(b));
  return Number.isNaN(correlation) ? 0 : correlation;
}

/** NaN where either does not vary. Both are NaN in the same places, which are left out. */
function pearson(a: Float64Array, b: Float64Array): number {
  const meanA = meanKnown(a).mean;
  const meanB = meanKnown(b).mean;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! - meanA;
    const y = b[i]! - meanB;
    if (Number.isNaN(x)) continue;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const scale = Math.sqrt(aa) * Math.sqrt(bb);
  if (!(scale > 0)) return Number.NaN;
  const r = ab / scale;
  // One is a line of the other, rounding aside.
  return 1 - Math.abs(r) < 1e-14 ? Math.sign(r) : r;
}

/** With mean 0 and mean square 1. */
function standardised({ values }: Sample): Float64Array {
  const { n, mean, standardError } = momentsOf({ values, antithetic: false });
  const deviation = standardError * Math.sqrt(n - 1);
  return values.map((x) => (x - mean) / deviation);
}
