/** Lags up to which autocorrelations are looked at, where the sample is long enough. */
const MOST_LAGS = 100;
/** An autocorrelation wants so many returns for each step of its lag. */
const RETURNS_PER_LAG = 4;

/** Log returns of one path or history at equal times, oldest first, with what several facts need of them. */
export class ReturnSample {
  readonly returns: Float64Array;
  /** Returns that make a year. */
  readonly stepsPerYear: number;
  readonly #cache: Map<string, Float64Array> = new Map();
  #correlogram: Correlogram | undefined;
  #absoluteCorrelogram: Correlogram | undefined;

  constructor(returns: Float64Array, stepsPerYear: number) {
    this.returns = returns;
    this.stepsPerYear = stepsPerYear;
  }

  /** The log returns between prices; a price that is not above 0 gives NaN or an infinity. */
  static ofPrices(prices: Float64Array, stepsPerYear: number): ReturnSample {
    const returns = new Float64Array(Math.max(0, prices.length - 1));
    for (let i = 0; i < returns.length; i++) returns[i] = Math.log(prices[i + 1]! / prices[i]!);
    return new ReturnSample(returns, stepsPerYear);
  }

  /** Absolute returns, in the order of time. */
  get absolute(): Float64Array {
    return this.once('absolute', () => this.returns.map(Math.abs));
  }

  /** Returns in ascending order. */
  get sorted(): Float64Array {
    return this.once('sorted', () => this.returns.toSorted());
  }

  /** The longest lag whose autocorrelation is worth looking at. */
  get lags(): number {
    return Math.max(0, Math.min(MOST_LAGS, Math.floor(this.returns.length / RETURNS_PER_LAG)));
  }

  /** Autocorrelations of the returns. */
  get correlogram(): Correlogram {
    this.#correlogram ??= new Correlogram(this.returns);
    return this.#correlogram;
  }

  /** Autocorrelations of the absolute returns. */
  get absoluteCorrelogram(): Correlogram {
    this.#absoluteCorrelogram ??= new Correlogram(this.absolute);
    return this.#absoluteCorrelogram;
  }

  private once(name: string, make: () => Float64Array): Float64Array {
    const known = this.#cache.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#cache.set(name, made);
    return made;
  }
}

export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Sample autocorrelations of a series, each computed when it is asked for: autocovariances over n, divided by the variance
 * over n (Box and Jenkins 1976, "Time Series Analysis: Forecasting and Control"). NaN where the series does not move.
 */
export class Correlogram {
  readonly #deviations: Float64Array;
  readonly #known: Map<number, number> = new Map();

  constructor(series: Float64Array) {
    const mean = meanOf(series);
    this.#deviations = series.map((x) => x - mean);
  }

  at(lag: number): number {
    const whole = this.#sum(0);
    return whole > 0 ? this.#sum(lag) / whole : Number.NaN;
  }

  /** Those at lags 0, 1, … `lags`. */
  upTo(lags: number): Float64Array {
    return Float64Array.from({ length: lags + 1 }, (_, lag) => this.at(lag));
  }

  #sum(lag: number): number {
    const known = this.#known.get(lag);
    if (known !== undefined) return known;
    const deviations = this.#deviations;
    let sum = 0;
    for (let i = lag; i < deviations.length; i++) sum += deviations[i]! * deviations[i - lag]!;
    this.#known.set(lag, sum);
    return sum;
  }
}
