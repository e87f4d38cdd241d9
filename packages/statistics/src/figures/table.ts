/** The stored episodes of a run, as figures are computed from them. Index i is episode i. */
export interface EpisodeTable {
  /** Rows, failed episodes included. */
  readonly episodes: number;
  /** Episodes 2k and 2k + 1 are antithetic pairs. */
  readonly antithetic: boolean;
  /** Steps that make a year. */
  readonly stepsPerYear: number;
  /** Names of the numeric columns. */
  readonly columns: readonly string[];
  /** Index into END_REASONS of each episode. */
  readonly endReason: Uint8Array;
  /** A column that was loaded; NaN where the episode failed or the figure is undefined. Throws RangeError for another. */
  column(name: string): Float64Array;
}
