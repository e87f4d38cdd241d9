import { momentsOf } from '../ensemble/moments.ts';
import { TAIL } from '../estimate.ts';
import { independentValues } from './independent-values.ts';
import { resampleMaxima } from './maximum-statistic.ts';
import { resamplingStream } from './resampling.ts';

export interface RomanoWolfOptions {
  /** Chance of any false declaration. */
  readonly tail?: number;
  /** `greater`: only what is better is looked for. */
  readonly alternative?: 'greater' | 'two-sided';
  readonly replications?: number;
  /** Episodes 2k and 2k + 1 are drawn together. */
  readonly antithetic?: boolean;
  readonly seed?: string;
}

/** One of the compared. */
export interface Contender {
  readonly meanDifference: number;
  /** Bounds that hold for all contenders at once, in a single step. NaN where there is none: above, of `greater`. */
  readonly low: number;
  readonly high: number;
  /** Mean difference over its standard error; NaN where the differences do not vary. */
  readonly statistic: number;
  /** Adjusted for the number of contenders. */
  readonly pValue: number;
  readonly verdict: 'better' | 'worse' | 'undecided';
}

export interface RomanoWolf {
  /** In the order of the differences. */
  readonly contenders: readonly Contender[];
  /** Standard errors from the mean difference to its simultaneous bound. */
  readonly criticalValue: number;
  readonly replications: number;
  readonly method: string;
}

/**
 * Which of many contenders are better than the benchmark, given the differences to it by episode: stepdown by the studentised maximum
 * statistic (Romano & Wolf 2005, "Stepwise multiple testing as formalized data snooping", Econometrica 73; adjusted p-values as in Romano & Wolf
 * 2016, Statistics & Probability Letters 113). Episodes are drawn with replacement, the same for all contenders, which keeps their
 * dependence. The null hypothesis of each is that its mean difference is zero or less (`two-sided`: zero).
 *
 * No p-value is below 2^−n, n the independent episodes. Where nothing varies the sign of the mean decides.
 *
 * Throws RangeError for differences of unequal length, with a NaN or an infinity, or of fewer than two independent episodes.
 */
export function romanoWolf(differences: readonly Float64Array[], options: RomanoWolfOptions = {}): RomanoWolf {
  const { tail = TAIL, alternative = 'greater', replications = 1000, antithetic = false, seed } = options;
  check(differences, antithetic);
  const isTwoSided = alternative === 'two-sided';
  const series = differences.map((values) => studentised(values, antithetic));
  const observed = series.map(({ statistic }) => (isTwoSided ? Math.abs(statistic) : statistic));
  const order = observed.map((_, k) => k).sort((j, k) => observed[k]! - observed[j]! || j - k);
  const scores = order.map((k) => series[k]!.scores);
  const falling = Float64Array.from(order, (k) => observed[k]!);
  const stream = resamplingStream('romano-wolf', seed);
  const { reached, maxima } = resampleMaxima(scores, falling, isTwoSided, replications, stream);
  const pValues = stepdown(reached, replications, order, scores[0]?.length ?? 0);
  maxima.sort();
  const criticalValue = maxima[Math.min(replications - 1, Math.ceil((1 - tail) * (replications + 1)) - 1)]!;
  const contenders = series.map(({ mean, error, statistic }, k): Contender => {
    const isDeclared = pValues[k]! <= tail;
    return {
      meanDifference: mean,
      low: mean - criticalValue * error,
      high: isTwoSided ? mean + criticalValue * error : Number.NaN,
      statistic: error > 0 ? statistic : Number.NaN,
      pValue: pValues[k]!,
      verdict: isDeclared ? (mean > 0 ? 'better' : 'worse') : 'undecided',
    };
  });
  const unit = antithetic ? 'antithetic pairs' : 'episodes';
  const method = `Romano–Wolf stepdown (2005, 2016), ${replications} bootstrap resamples of ${unit}`;
  return { contenders, criticalValue, replications, method };
}

function check(differences: readonly Float64Array[], antithetic: boolean): void {
  const n = differences[0]?.length ?? 0;
  const fewest = antithetic ? 3 : 2;
  differences.forEach((values, k) => {
    if (values.length !== n || n < fewest) {
      throw new RangeError(
        `romanoWolf: every contender needs a difference for each of the same ${antithetic ? 'three' : 'two'} or more episodes, got ${values.length} of contender ${k} and ${n} of the first`,
      );
    }
    const at = values.findIndex((x) => !Number.isFinite(x));
    if (at >= 0) {
      throw new RangeError(
        `romanoWolf: differences are finite, got ${values[at]} in episode ${at} of contender ${k}; leave out the episodes that any contender misses`,
      );
    }
  });
}

interface Studentised {
  readonly mean: number;
  readonly error: number;
  readonly statistic: number;
  /** Deviations from the mean ÷ standard deviation; zeros where nothing varies. */
  readonly scores: Float64Array;
}

function studentised(values: Float64Array, antithetic: boolean): Studentised {
  const independent = independentValues({ values, antithetic });
  const { mean, standardError: error } = momentsOf({ values, antithetic });
  const deviation = error * Math.sqrt(independent.length);
  const scores = deviation > 0 ? independent.map((x) => (x - mean) / deviation) : new Float64Array(independent.length);
  // A constant gain is the limit of ever smaller errors.
  const statistic = error > 0 ? mean / error : mean === 0 ? 0 : mean * Number.POSITIVE_INFINITY;
  return { mean, error, statistic, scores };
}

/** Adjusted p-values in the order of the input. As many signs are all the same by chance once in 2^n: none is below that. */
function stepdown(reached: Float64Array, replications: number, order: readonly number[], n: number): Float64Array {
  const pValues = new Float64Array(order.length);
  let largest = 2 ** -n;
  order.forEach((k, rank) => {
    largest = Math.max(largest, (reached[rank]! + 1) / (replications + 1));
    pValues[k] = largest;
  });
  return pValues;
}
