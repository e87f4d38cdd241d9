import type { StepColumns } from '../events/steps.ts';

/** Running sums over the prices of an episode's path; one pass a block and symbol. */
export class PathStatistics {
  /** The first price of each symbol, NaN before there is one. */
  readonly firstPrice: Float64Array;
  private readonly steps: Float64Array;
  private readonly sum: Float64Array;
  private readonly sumOfSquares: Float64Array;

  constructor(symbols: number) {
    this.firstPrice = new Float64Array(symbols);
    this.steps = new Float64Array(symbols);
    this.sum = new Float64Array(symbols);
    this.sumOfSquares = new Float64Array(symbols);
  }

  begin(): void {
    this.firstPrice.fill(Number.NaN);
    this.steps.fill(0);
    this.sum.fill(0);
    this.sumOfSquares.fill(0);
  }

  /** Adds the steps in slots `from` to `to`, both included. */
  add(columns: StepColumns, from: number, to: number): void {
    for (let s = 0; s < this.sum.length; s++) this.addPrices(columns.price[s]!, s, from, to);
  }

  private addPrices(price: Float64Array, s: number, from: number, to: number): void {
    let first = from;
    if (Number.isNaN(this.firstPrice[s]!)) {
      // A symbol may have its first MARKET later than the others.
      while (first <= to && Number.isNaN(price[first - 1]!)) first++;
      this.firstPrice[s] = price[first - 1]!;
    }
    let sum = this.sum[s]!;
    let sumOfSquares = this.sumOfSquares[s]!;
    let before = price[first - 1]!;
    for (let i = first; i <= to; i++) {
      const now = price[i]!;
      const stepReturn = (now - before) / before;
      sum += stepReturn;
      sumOfSquares += stepReturn * stepReturn;
      before = now;
    }
    this.sum[s] = sum;
    this.sumOfSquares[s] = sumOfSquares;
    this.steps[s]! += to - first + 1;
  }

  /**
   * Realised volatility of a symbol: sample standard deviation of its simple step returns, times the square root of the steps a year.
   * NaN with fewer than two steps, and where a price was zero.
   */
  volatility(s: number, stepsPerYear: number): number {
    const steps = this.steps[s]!;
    if (steps < 2) return Number.NaN;
    const sum = this.sum[s]!;
    const deviation = this.sumOfSquares[s]! - (sum * sum) / steps;
    const volatility = Math.sqrt((Math.max(0, deviation) / (steps - 1)) * stepsPerYear);
    return Number.isFinite(volatility) ? volatility : Number.NaN;
  }
}
