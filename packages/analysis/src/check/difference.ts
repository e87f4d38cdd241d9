import {
  correlationOfErrors,
  type EpisodeTable,
  type Estimate,
  type Figure,
  improvementOf,
  meanOf,
  pairUp,
  type Sample,
} from '@ergodic/statistics';
import { newcombe } from '../compare/ruin.ts';
import { hitsOf, influenceOf } from './influence.ts';

/** A figure of two runs, and how they differ. */
export interface FigureDifference {
  readonly own: Estimate;
  readonly baseline: Estimate;
  /** own − factor × baseline. NaN where either is undefined. */
  readonly difference: Estimate;
}

export interface DifferenceOptions {
  readonly factor: number;
  /** The tables hold the same episodes on the same paths. */
  readonly isPaired: boolean;
  readonly tail: number;
}

/**
 * Difference of a figure between two runs. Paired, the interval of a mean is that of the differences episode by episode, and that of a probability
 * Tango's (1998); of independent probabilities it is Newcombe's (1998). Of other figures the half-widths a and b of both intervals make √(a² + b² − 2ρab), as the standard errors of a difference do;
 * ρ is the correlation of what each episode adds to the errors of both, and 0 where runs are independent.
 */
export function differenceOf(
  figure: Figure,
  own: EpisodeTable,
  baseline: EpisodeTable,
  { factor, isPaired, tail }: DifferenceOptions,
): FigureDifference {
  const estimates = { own: figure.evaluate(own, tail), baseline: figure.evaluate(baseline, tail) };
  const value = estimates.own.value - factor * estimates.baseline.value;
  const n = Math.min(estimates.own.n, estimates.baseline.n);
  const bare = { value, low: Number.NaN, high: Number.NaN, n, method: figure.isObserved ? 'observed' : '' };
  if (Number.isNaN(value) || figure.isObserved) return { ...estimates, difference: bare };
  if (isPaired && factor === 1 && n > 1 && isSame(figure, own, baseline)) {
    return { ...estimates, difference: { ...bare, low: value, high: value, method: 'the same in every episode' } };
  }
  const options = { factor, isPaired, tail };
  const isShare = figure.text.startsWith('probability');
  const known = isPaired
    ? ofMeans(figure, own, baseline, options)
    : isShare && factor === 1
      ? newcombe(estimates.baseline, estimates.own)
      : undefined;
  return { ...estimates, difference: known ?? ofHalves(figure, [own, baseline], estimates, options) };
}

/** Whether every episode has the same values in both. */
function isSame({ columns }: Figure, own: EpisodeTable, baseline: EpisodeTable): boolean {
  return (
    own.endReason.every((reason, i) => reason === baseline.endReason[i]) &&
    columns.every((name) => {
      const other = baseline.column(name);
      return own.column(name).every((x, i) => x === other[i] || (Number.isNaN(x) && Number.isNaN(other[i])));
    })
  );
}

/** Where the figure is a mean of values that episodes have of their own; else undefined. */
function ofMeans(
  figure: Figure,
  own: EpisodeTable,
  baseline: EpisodeTable,
  { factor, tail }: DifferenceOptions,
): Estimate | undefined {
  if (figure.text.startsWith('mean(')) {
    const other = baseline.column(figure.columns[0]!);
    const values = own.column(figure.columns[0]!).map((x, i) => x - factor * other[i]!);
    const estimate = meanOf({ values, antithetic: own.antithetic }, tail);
    return { ...estimate, method: `of the differences: ${estimate.method}` };
  }
  const hits = hitsOf(figure, own);
  if (hits === undefined || factor !== 1) return undefined;
  const { value, low, high, n, method } = improvementOf(pairUp(hitsOf(figure, baseline)!, hits), tail);
  return { value: 2 * value - 1, low: 2 * low - 1, high: 2 * high - 1, n, method };
}

function ofHalves(
  figure: Figure,
  tables: readonly [own: EpisodeTable, baseline: EpisodeTable],
  { own, baseline }: Pick<FigureDifference, 'own' | 'baseline'>,
  { factor, isPaired }: DifferenceOptions,
): Estimate {
  const a = (own.high - own.low) / 2;
  const b = (factor * (baseline.high - baseline.low)) / 2;
  const values = [own.value, baseline.value];
  const influences = tables.map((table, i) => influenceOf(figure, table, values[i]!)) as [Sample, Sample];
  const correlation = isPaired ? correlationOf(influences, /^(q\d|median)/.test(figure.text)) : 0;
  const half = Math.sqrt(Math.max(0, a * a + b * b - 2 * correlation * a * b));
  const value = own.value - factor * baseline.value;
  const method = isPaired ? 'of both intervals, less what they share' : 'of both intervals, independent';
  return { value, low: value - half, high: value + half, n: Math.min(own.n, baseline.n), method };
}

/**
 * Over the episodes that both know. Of quantiles it rests on the few episodes that lie below that of one run alone: as with paired proportions
 * (Bonett and Price 2012, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data", Journal of Educational
 * and Behavioral Statistics 37) one more of each kind counts, which takes 1 ÷ (n·p(1 − p)) off.
 */
function correlationOf([own, baseline]: readonly [Sample, Sample], isQuantile: boolean): number {
  const { a, b, n } = pairUp(own, baseline);
  const correlation = correlationOfErrors(a, b);
  if (!isQuantile) return correlation;
  const share = meanOf(a).value;
  return Math.max(-1, correlation - 1 / (n * share * (1 - share)));
}
