import { meanKnown, momentsOf } from '../ensemble/moments.ts';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { independentValues } from './independent-values.ts';
import type { Pairs } from './pairs.ts';
import { scaledLimits } from './scaled-limits.ts';

const METHOD = 'delta method on the logarithm';

/**
 * Variance saved by pairing: (var a + var b) ÷ var(b − a), how many times more episodes independent runs need for an interval of the
 * mean difference as narrow (Law 2015, "Simulation Modeling and Analysis", §11.2). Of antithetic runs all three variances are of pairs.
 * NaN where the differences do not vary.
 */
export function varianceRatioOf({ a, b, differences, n }: Pairs, tail: number = TAIL): Estimate {
  const squaresB = squaredDeviations(b);
  const unpaired = squaredDeviations(a).map((square, i) => square + squaresB[i]!);
  const paired = squaredDeviations(differences);
  const apart = meanKnown(unpaired).mean;
  const together = meanKnown(paired).mean;
  const value = apart / together;
  // Differences that are equal but for rounding do not vary.
  if (!(value < 1e20)) return unknown(n, METHOD);
  const influence = unpaired.map((square, i) => square / apart - paired[i]! / together);
  const [below, above] = scaledLimits({ values: influence, antithetic: false }, tail);
  return { value, low: value * Math.exp(below), high: value * Math.exp(above), n, method: METHOD };
}

/** Of independent values from their mean. */
function squaredDeviations(sample: Sample): Float64Array {
  const { mean } = momentsOf(sample);
  return independentValues(sample).map((x) => (x - mean) * (x - mean));
}
