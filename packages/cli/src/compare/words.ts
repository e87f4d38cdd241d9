import type { CandidateComparison, MetricComparison, RunComparison } from '@ergodic/analysis';
import type { Estimate } from '@ergodic/statistics';
import { count, number, plural } from '../report/format.ts';
import { columnInWords, showColumn, sizeInWords } from './columns.ts';
import { halfOf, rangeText, sizeOf } from './estimates.ts';

/** The largest ensemble that a config may ask for. */
const MOST_EPISODES = 1e9;

/** One comparison with what the words need to know of the others. */
export interface Spoken {
  readonly comparison: RunComparison;
  readonly candidate: CandidateComparison;
  readonly metric: MetricComparison;
}

/** The verdict of one metric in a sentence or two, honest about what is undecided. */
export function verdictInWords(spoken: Spoken): string {
  const { comparison, candidate, metric } = spoken;
  const { difference } = metric.mean;
  const b = candidate.run.label;
  const a = comparison.baseline.label;
  const name = columnInWords(metric.column);
  switch (metric.verdict) {
    case 'unknown':
      return unknownInWords(spoken);
    case 'identical':
      return `${b} and ${a} came to the same ${name} on ${metric.n[0] === 1 ? 'the one path' : `each of ${count(metric.n[0])} paths`}.${sameRun(spoken)}`;
    case 'undecided': {
      const how = difference.value === 0 ? `equals ${a}'s` : `is ${gap(metric)} than ${a}'s`;
      return `Undecided: ${sampleInWords(spoken)} the mean ${name} of ${b} ${how}, ${doubt(metric, comparison)}.${wayToDecide(spoken)}`;
    }
    default: {
      const claim = { better: `better than ${a}`, worse: `worse than ${a}`, higher: '', lower: '' }[metric.verdict];
      const lead = claim === '' ? `${b} differs from ${a}` : `${b} is ${claim}`;
      const among =
        comparison.correction === undefined
          ? ''
          : `, ${pInWords(metric.adjustedPValue)} among ${comparison.correction.comparisons} comparisons`;
      return `${lead}: ${sampleInWords(spoken)} its mean ${name} is ${gap(metric)} (95 % CI ${rangeText(sizeOf(difference), showColumn(metric.column))}${among}).`;
    }
  }
}

/** Where the worst episodes tell another story than the mean; undefined where they do not. */
export function tailInWords({ candidate, metric }: Spoken): string | undefined {
  if (metric.better === 'none' || metric.verdict === 'identical' || metric.verdict === 'unknown') return undefined;
  const { difference } = metric.shortfall;
  const side = sideOf(difference);
  if (side === 0) return undefined;
  const isBetter = side > 0 === (metric.better === 'higher');
  if (metric.verdict === (isBetter ? 'better' : 'worse')) return undefined;
  const size = sizeInWords(metric.column, difference.value, halfOf(difference));
  const text = `the worst 5 % of ${candidate.run.label} are ${isBetter ? 'better' : 'worse'}, by ${size} on average (95 % CI ${rangeText(sizeOf(difference), showColumn(metric.column))})`;
  return metric.verdict === 'undecided' ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.` : `But ${text}.`;
}

/** Runs that did not trade, or that failed in part: what a reader would otherwise wonder at. */
export function remarksInWords({ comparison, candidate }: Omit<Spoken, 'metric'>): string[] {
  const { baseline } = comparison;
  const idle = [baseline, candidate.run].filter(({ summary }) => summary.metrics.fills?.mean === 0);
  const { a, b, failedInA, failedInB, failedPairs } = candidate.episodes;
  const [nA, nB] = [baseline.manifest.config.episodes, candidate.run.manifest.config.episodes];
  const remarks: string[] = [];
  const trained = [baseline, candidate.run].filter(({ manifest }) => manifest.training !== undefined);
  for (const { label } of trained)
    remarks.push(`${label} is a training run: its agent changed from iteration to iteration.`);
  if (idle.length > 0) remarks.push(`${idle.map(({ label }) => label).join(' and ')} never traded.`);
  if (comparison.isPaired && nA !== nB) {
    remarks.push(
      `${baseline.label} has ${plural(nA, 'episode')} and ${candidate.run.label} ${count(nB)}; the first ${count(Math.min(a, b))} of both are compared.`,
    );
  }
  const failed = [
    ...(failedInA > 0 ? [`${count(failedInA)} of ${baseline.label}`] : []),
    ...(failedInB > 0 ? [`${count(failedInB)} of ${candidate.run.label}`] : []),
  ];
  if (failed.length > 0) {
    const pairs = `the ${plural(failedPairs, 'pair')} with a failure ${failedPairs === 1 ? 'is' : 'are'} left out`;
    remarks.push(`${failed.join(' and ')} failed${comparison.isPaired ? `; ${pairs}` : ' and are left out'}.`);
  }
  return remarks;
}

/** `independent runs would need 17 times as many episodes` */
export function pairingInWords({ correlation, varianceRatio }: MetricComparison): string {
  if (!Number.isFinite(varianceRatio.value)) return 'the differences do not vary: nothing is left to chance';
  if (Number.isNaN(correlation.value)) return 'one of the runs does not vary, so pairs save nothing';
  const { value, low, high } = varianceRatio;
  const range = Number.isFinite(low) ? ` (95 % CI ${timesText(low)} to ${timesText(high)})` : '';
  return `correlation ${correlation.value.toFixed(correlation.value > 0.995 ? 4 : 2)}; independent runs would need ${timesText(value)} times as many episodes${range}`;
}

/** `p = 0.012`, `p < 0.001` */
export function pInWords(p: number): string {
  if (Number.isNaN(p)) return 'p undefined';
  // Unbreakable: a line does not end with an equals sign.
  return p < 0.001 ? 'p\u00a0<\u00a00.001' : `p\u00a0=\u00a0${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

function sampleInWords({ comparison, metric: { n } }: Spoken): string {
  return comparison.isPaired
    ? `on the same ${count(n[0])} paths`
    : `over ${count(n[0])} and ${count(n[1])} independent episodes`;
}

/** `0.25 percentage points higher` */
function gap({ column, mean: { difference } }: MetricComparison): string {
  return `${sizeInWords(column, difference.value, halfOf(difference))} ${difference.value > 0 ? 'higher' : 'lower'}`;
}

function doubt(
  { column, mean: { difference }, adjustedPValue }: MetricComparison,
  { correction }: RunComparison,
): string {
  const interval = rangeText(difference, showColumn(column));
  if (sideOf(difference) === 0) return `and the 95 % CI of the difference, ${interval}, holds zero`;
  return `which alone would be beyond chance (95 % CI ${interval}), but not among ${correction?.comparisons} comparisons (${pInWords(adjustedPValue)})`;
}

function wayToDecide({ comparison, metric: { episodesToDecide } }: Spoken): string {
  if (Number.isNaN(episodesToDecide)) return '';
  if (episodesToDecide > MOST_EPISODES)
    return ' No number of episodes that can be run would settle so small a difference.';
  const rounded = Number(episodesToDecide.toPrecision(2));
  return ` About ${count(rounded)} ${comparison.isPaired ? 'paths' : 'episodes of each'} would settle a difference of this size.`;
}

function unknownInWords({ comparison, candidate, metric }: Spoken): string {
  const { isPaired, isOneHistory, baseline } = comparison;
  const { n, column, mean } = metric;
  const least = Math.min(...n);
  if (isOneHistory && least > 0) {
    const how =
      mean.difference.value === 0
        ? 'is the same'
        : `is ${gap(metric)} in ${candidate.run.label} than in ${baseline.label}`;
    return `No verdict: every episode has the same prices, so however many there are, they are one observation. On this history the mean ${columnInWords(column)} ${how}.`;
  }
  if (least === 1) return `No verdict: one ${isPaired ? 'path' : 'episode'} says nothing of which is better.`;
  if (least > 1) return `No verdict: the ${columnInWords(column)} has no interval.`;
  const { failedPairs, a, failedInA, failedInB, b } = candidate.episodes;
  if (isPaired && failedPairs === a) {
    return 'No verdict: on every path an episode failed, so there is nothing to compare.';
  }
  if (failedInA === a || failedInB === b) return 'No verdict: every episode of one of the runs failed.';
  return `No verdict: the ${columnInWords(column)} is not defined in any ${isPaired ? 'pair' : 'episode of one of the runs'}.`;
}

function sameRun({ comparison: { baseline }, candidate: { run } }: Spoken): string {
  return baseline.summary.digest === run.summary.digest ? ' All their figures are the same: their digests are.' : '';
}

/** 1 or −1 where zero is outside of the interval, else 0. */
export function sideOf({ low, high }: Estimate): -1 | 0 | 1 {
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

function timesText(x: number): string {
  return number(Number(x.toPrecision(x >= 10 ? 3 : 2)));
}
