import type { ProcessName } from '@ergodic/core';

/** Closes of one symbol at equal times, oldest first. */
export interface PriceSample {
  /** Quote currency; positive for all but `abm` and `ou`. */
  readonly prices: Float64Array;
  /** Time from one price to the next, years. */
  readonly yearsPerStep: number;
  /** Indices of prices before which some are missing: the step to such a price is left out. Default: none. */
  readonly gaps?: readonly number[];
}

export interface ParameterEstimate {
  /** Name of the parameter in a market's config. */
  readonly name: string;
  readonly value: number;
  /** Of the estimate; null where the method gives none, or the parameter is at the edge of its range. */
  readonly standardError: number | null;
}

/** A process fitted to prices. */
export interface Estimate {
  readonly process: ProcessName;
  /** `maximum likelihood`, `quasi maximum likelihood`, … as a reader of the field knows it. */
  readonly method: string;
  readonly parameters: readonly ParameterEstimate[];
  /** Of the estimates, in their order; null where the method gives none. */
  readonly covariance: readonly (readonly number[])[] | null;
  /**
   * Natural logarithm of the joint density of all prices but the first, given the first: densities of prices, not of returns,
   * so that processes of prices and of log prices compare. Null where the method has no likelihood.
   */
  readonly logLikelihood: number | null;
  readonly aic: number | null;
  readonly bic: number | null;
  /** Steps from one price to the next that were used: prices after the first, without those after a gap. */
  readonly observations: number;
  /** The market's parameters for a config: `{ process, drift, … }`, without price. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What a reader should know: a parameter at its edge, a Feller condition that fails, an optimiser that did not converge. */
  readonly remarks: readonly string[];
}

/** A method that fits one process. */
export interface Calibrator {
  /** Name on the command line: that of the process, or of a variant such as `garch-t`. */
  readonly name: string;
  readonly process: ProcessName;
  readonly method: string;
  /** Author, year, title. */
  readonly source: string;
  /** Fewest prices that it takes. */
  readonly minimumPrices: number;
  /** Fitted only where it is asked for by name: it has no likelihood to rank it by, or takes minutes. */
  readonly isOnRequest?: boolean;
  /** Throws CalibrationError where the prices do not tell the parameters. */
  fit(sample: PriceSample): Estimate;
}
