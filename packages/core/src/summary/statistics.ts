import type { StepColumns } from '../events/steps.ts';
import type { ReturnSums } from './ratios.ts';

/** Running sums over the marked equity of an episode; one pass a block, a few additions a step. */
export class EquityStatistics implements ReturnSums {
  steps = 0;
  sum = 0;
  sumOfSquares = 0;
  downside = 0;
  private lowest = 1;
  private peak = 0;
  private exposureSum = 0;
  private equitySum = 0;

  begin(initialEquity: number): void {
    this.steps = 0;
    this.sum = 0;
    this.sumOfSquares = 0;
    this.downside = 0;
    this.lowest = 1;
    this.peak = initialEquity;
    this.exposureSum = 0;
    this.equitySum = initialEquity;
  }

  /** Adds the steps in slots `from` to `to`, both included. */
  add(columns: StepColumns, from: number, to: number): void {
    const { equity, gross } = columns;
    let { sum, sumOfSquares, downside, lowest, peak, exposureSum, equitySum } = this;
    let before = equity[from - 1]!;
    for (let i = from; i <= to; i++) {
      const now = equity[i]!;
      const stepReturn = (now - before) / before;
      // Half of a difference that is 0 or twice the return: the minimum with 0, without a branch to mispredict.
      const loss = 0.5 * (stepReturn - Math.abs(stepReturn));
      sum += stepReturn;
      sumOfSquares += stepReturn * stepReturn;
      downside += loss * loss;
      if (now > peak) peak = now;
      if (now < lowest * peak) lowest = now / peak;
      if (now > 0) exposureSum += gross[i]! / now;
      equitySum += now;
      before = now;
    }
    this.steps += to - from + 1;
    this.sum = sum;
    this.sumOfSquares = sumOfSquares;
    this.downside = downside;
    this.lowest = lowest;
    this.peak = peak;
    this.exposureSum = exposureSum;
    this.equitySum = equitySum;
  }

  /** Largest fraction lost since the highest equity before; 0 without a loss. */
  get maxDrawdown(): number {
    return 1 - this.lowest;
  }

  /** Mean over the steps of gross exposure over equity; 0 without steps. */
  get exposure(): number {
    return this.steps === 0 ? 0 : this.exposureSum / this.steps;
  }

  /** Mean equity over all marks, the initial one included. */
  get meanEquity(): number {
    return this.equitySum / (this.steps + 1);
  }
}
