import { forEachSplit } from './block-sums.ts';

/** What combinatorially symmetric cross-validation says of choosing the best of some trials. */
export interface Overfitting {
  /** Share of splits in which the trial that is best in sample is at or below the median out of sample. */
  readonly probability: number;
  /** Share of splits in which it loses out of sample. */
  readonly probabilityOfLoss: number;
  /** Slope, over splits, of its Sharpe ratio out of sample on that in sample. Below 0: the better the past, the worse the future. */
  readonly degradationSlope: number;
  readonly splits: number;
  readonly trials: number;
  readonly method: string;
}

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu 2017, "The
 * probability of backtest overfitting", Journal of Computational Finance 20), the Sharpe ratio as the measure of performance. Time is cut into
 * blocks; each half of the blocks is once in sample, the others out of sample.
 *
 * A trial that does not move in a half has no Sharpe ratio there: it is not chosen, and not ranked. All figures are NaN where no trial
 * can be chosen.
 *
 * @param returns Step returns by trial: two trials or more, of the same steps. They keep their order in time.
 * @param blocks Even, from 4 to 20; two steps a block or more. Throws RangeError else.
 */
export function probabilityOfOverfitting(returns: readonly Float64Array[], blocks: number = 16): Overfitting {
  check(returns, blocks);
  const chosen: Choice[] = [];
  const splits = forEachSplit(returns, blocks, (inSample, outOfSample) => {
    const choice = choose(inSample, outOfSample);
    if (choice !== undefined) chosen.push(choice);
  });
  const share = (isHit: (choice: Choice) => boolean): number => chosen.filter(isHit).length / chosen.length;
  return {
    probability: share(({ rank }) => rank <= 0.5),
    probabilityOfLoss: share(({ outOfSample }) => outOfSample < 0),
    degradationSlope: slopeOf(chosen),
    splits,
    trials: returns.length,
    method: `combinatorially symmetric cross-validation, ${blocks} blocks (Bailey et al. 2017)`,
  };
}

/** Of the trial that is best in sample. */
interface Choice {
  readonly inSample: number;
  readonly outOfSample: number;
  /** Out of sample, among N trials from the worst: rank ÷ (N + 1). */
  readonly rank: number;
}

function choose(inSample: Float64Array, outOfSample: Float64Array): Choice | undefined {
  let best = -1;
  for (let k = 0; k < inSample.length; k++) {
    if (Number.isNaN(inSample[k]!) || Number.isNaN(outOfSample[k]!)) continue;
    if (best < 0 || inSample[k]! > inSample[best]!) best = k;
  }
  if (best < 0) return undefined;
  const own = outOfSample[best]!;
  let ranked = 0;
  let below = 0;
  let equal = 0;
  for (let k = 0; k < outOfSample.length; k++) {
    const other = outOfSample[k]!;
    if (Number.isNaN(other)) continue;
    ranked++;
    if (other < own) below++;
    else if (other === own) equal++;
  }
  // Of equal ones the middle rank.
  return { inSample: inSample[best]!, outOfSample: own, rank: (below + (equal + 1) / 2) / (ranked + 1) };
}

function slopeOf(chosen: readonly Choice[]): number {
  const { length: n } = chosen;
  const meanIn = chosen.reduce((sum, { inSample }) => sum + inSample, 0) / n;
  const meanOut = chosen.reduce((sum, { outOfSample }) => sum + outOfSample, 0) / n;
  let squares = 0;
  let products = 0;
  for (const { inSample, outOfSample } of chosen) {
    squares += (inSample - meanIn) * (inSample - meanIn);
    products += (inSample - meanIn) * (outOfSample - meanOut);
  }
  return squares > 0 ? products / squares : Number.NaN;
}

function check(returns: readonly Float64Array[], blocks: number): void {
  const place = 'probabilityOfOverfitting';
  if (!(Number.isInteger(blocks) && blocks % 2 === 0 && blocks >= 4 && blocks <= 20)) {
    throw new RangeError(`${place}: blocks must be even, from 4 to 20, got ${blocks}`);
  }
  if (returns.length < 2) throw new RangeError(`${place}: it chooses among two trials or more, got ${returns.length}`);
  const steps = returns[0]!.length;
  if (steps < 2 * blocks) {
    throw new RangeError(
      `${place}: ${blocks} blocks need ${2 * blocks} steps or more, got ${steps}; take fewer blocks`,
    );
  }
  returns.forEach((values, k) => {
    if (values.length !== steps) {
      throw new RangeError(
        `${place}: every trial needs ${steps} returns like the first, got ${values.length} of trial ${k}`,
      );
    }
    const at = values.findIndex((x) => !Number.isFinite(x));
    if (at >= 0) throw new RangeError(`${place}: returns are finite, got ${values[at]} at step ${at} of trial ${k}`);
  });
}
