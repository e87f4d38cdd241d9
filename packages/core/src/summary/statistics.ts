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
  private floor = 0;
  /** Step of the latest mark at the peak. */
  private peakStep = 0;
  /** Longest spell below a peak that has ended. */
  private longest = 0;
  private initialEquity = 0;
  private exposureSum = 0;
  private equitySum = 0;

  begin(initialEquity: number): void {
    this.steps = 0;
    this.sum = 0;
    this.sumOfSquares = 0;
    this.downside = 0;
    this.lowest = 1;
    this.peak = this.floor = this.initialEquity = initialEquity;
    this.peakStep = this.longest = 0;
    this.exposureSum = 0;
    this.equitySum = initialEquity;
  }

  /** Adds the steps in slots `from` to `to`, both included. */
  add(columns: StepColumns, from: number, to: number): void {
    const { equity, gross } = columns;
    let { sum, sumOfSquares, downside, lowest, peak, floor, peakStep, longest, exposureSum, equitySum } = this;
    // Number of the step in slot 0.
    const base = this.steps + 1 - from;
    let before = equity[from - 1]!;
    for (let i = from; i <= to; i++) {
      const now = equity[i]!;
      const stepReturn = (now - before) / before;
      // Half of a difference that is 0 or twice the return: the minimum with 0, without a branch to mispredict.
      const loss = 0.5 * (stepReturn - Math.abs(stepReturn));
      sum += stepReturn;
      sumOfSquares += stepReturn * stepReturn;
      downside += loss * loss;
      if (now >= peak) {
        const spell = base + i - peakStep - 1;
        if (spell > longest) longest = spell;
        peakStep = base + i;
        peak = now;
      } else if (now < floor) floor = now;
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
    this.floor = floor;
    this.peakStep = peakStep;
    this.longest = longest;
    this.exposureSum = exposureSum;
    this.equitySum = equitySum;
  }

  /** Largest fraction lost since the highest equity before; 0 without a loss. */
  get maxDrawdown(): number {
    return 1 - this.lowest;
  }

  /** Most consecutive steps marked below the highest equity before, to the end of the episode where it is not reached again. */
  get longestDrawdown(): number {
    return Math.max(this.longest, this.steps - this.peakStep);
  }

  /** Total return at the highest mark, 0 or more. */
  get highestReturn(): number {
    return this.peak / this.initialEquity - 1;
  }

  /** Total return at the lowest mark, 0 or less. */
  get lowestReturn(): number {
    return this.floor / this.initialEquity - 1;
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
