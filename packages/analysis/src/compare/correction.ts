import { holm, romanoWolf, TAIL } from '@ergodic/statistics';
import { directed } from './metric.ts';
import type { MetricComparison, RunComparison } from './types.ts';

/** Above so many episodes the means of blocks are resampled instead: their statistic is the same, and a million take seconds. */
const MOST_RESAMPLED = 40_000;

/** One of several comparisons: what was found alone, and of paired runs the differences by episode. */
export interface Contender {
  readonly metric: MetricComparison;
  readonly differences: Float64Array | undefined;
}

export interface Corrected {
  /** In the order of the contenders. */
  readonly metrics: readonly MetricComparison[];
  readonly correction: RunComparison['correction'];
}

/**
 * Adjusts p-values and verdicts for the number of comparisons: of paired runs by the maximum statistic, which knows how the differences hang
 * together (Romano & Wolf 2005), of independent ones, which have p-values alone, by Holm (1979).
 */
export function correct(contenders: readonly Contender[], antithetic: boolean): Corrected {
  const metrics = contenders.map(({ metric }) => metric);
  if (contenders.length < 2) return { metrics, correction: undefined };
  const isPaired = contenders.every(({ differences }) => differences !== undefined);
  const tested = contenders.filter(({ metric: { verdict } }) => verdict !== 'unknown' && verdict !== 'identical');
  const { pValues, method } = isPaired
    ? byMaximum(
        tested.map(({ differences }) => differences!),
        antithetic,
      )
    : { pValues: holm(tested.map(({ metric }) => metric.pValue)), method: 'Holm (1979)' };
  const adjusted = new Map(tested.map(({ metric }, i) => [metric, pValues[i]!]));
  return {
    metrics: metrics.map((metric) => withPValue(metric, adjusted.get(metric))),
    correction: { comparisons: contenders.length, method },
  };
}

function withPValue(metric: MetricComparison, adjustedPValue: number | undefined): MetricComparison {
  if (adjustedPValue === undefined) return metric;
  const isDecided = adjustedPValue <= TAIL;
  // The verdict is of what is better, the difference of the values as they are.
  const sign = metric.better === 'lower' ? -1 : 1;
  const direction = sign * metric.mean.difference.value;
  return {
    ...metric,
    adjustedPValue,
    verdict: isDecided ? directed(direction, metric.better === 'none') : 'undecided',
  };
}

function byMaximum(differences: readonly Float64Array[], antithetic: boolean): { pValues: number[]; method: string } {
  if (differences.length === 0) return { pValues: [], method: 'Romano–Wolf' };
  const episodes = Math.max(...differences.map(({ length }) => length));
  const complete = differences.map((values) => blockMeans(completed(values, episodes), antithetic));
  // Means of blocks hold whole antithetic pairs.
  const isBlocked = complete[0]!.length < episodes;
  const { contenders, method } = romanoWolf(complete, {
    alternative: 'two-sided',
    antithetic: antithetic && !isBlocked,
  });
  return { pValues: contenders.map(({ pValue }) => pValue), method };
}

/**
 * A value for every episode that leaves the mean of the known ones and its standard error: the mean where it is missing, and what is known
 * further from it by the share that is missing (a ratio of sums, linearised: Cochran 1977, "Sampling Techniques", §6.3).
 */
export function completed(values: Float64Array, episodes: number): Float64Array {
  let n = 0;
  let sum = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    n++;
    sum += value;
  }
  const mean = sum / n;
  const complete = new Float64Array(episodes).fill(mean);
  values.forEach((value, i) => {
    if (!Number.isNaN(value)) complete[i] = n === episodes ? value : mean + ((value - mean) * episodes) / n;
  });
  return complete;
}

/** Means of equally long blocks of episodes, so few that there are at most MOST_RESAMPLED; the values themselves where they are few. */
function blockMeans(values: Float64Array, antithetic: boolean): Float64Array {
  if (values.length <= MOST_RESAMPLED) return values;
  const unit = antithetic ? 2 : 1;
  const length = unit * Math.ceil(values.length / MOST_RESAMPLED / unit);
  const means = new Float64Array(Math.floor(values.length / length));
  for (let block = 0; block < means.length; block++) {
    let sum = 0;
    for (let i = block * length; i < (block + 1) * length; i++) sum += values[i]!;
    means[block] = sum / length;
  }
  return means;
}
