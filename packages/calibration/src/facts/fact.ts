import type { ReturnSample } from './sample.ts';

/** One property of returns by which markets are told apart. */
export interface Fact {
  /** As in JSON: `excessKurtosis`. */
  readonly name: string;
  /** As in a table; r is the log return of one step. */
  readonly label: string;
  /** `percent`: a fraction; `number`: without a unit. */
  readonly unit: 'percent' | 'number';
  /** Author, year, title. */
  readonly source: string;
  /** With fewer returns it is not measured. */
  readonly fewest: number;
  /**
   * How far back in time it looks, in steps: a bootstrap holds it as long as its blocks are longer. A text says why there is
   * no bootstrap interval at all.
   */
  readonly memory: number | string;
  /** NaN where it is not defined, as the skewness of prices that stand still. */
  measure(sample: ReturnSample): number;
}

/** Cont (2001) lists most of them. */
export const CONT: string =
  'Cont 2001, "Empirical properties of asset returns: stylized facts and statistical issues", Quantitative Finance 1';
