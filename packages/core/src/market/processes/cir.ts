import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { isNearlyBrownian } from './ou.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';

/** From here on the deviation of gamma(k) is below 1e-16 of k: the mean is what a double can tell. */
const SHARP_GAMMA = 1e32;
/** A step with a larger deviation of the log return is no bridge of constant variance. */
const LARGE_DEVIATION = 0.1;
/** exp(−7) is 0.1 %. */
const SELDOM_EXPONENT = 7;

/**
 * Square-root process dS = meanReversionSpeed·(longRunMean − S)·dt + volatility·√S·dW, sampled exactly (Cox, Ingersoll and
 * Ross 1985, "A theory of the term structure of interest rates"). The price is never negative; it touches 0 and comes back
 * where 2·meanReversionSpeed·longRunMean < volatility².
 *
 * With decay = exp(−κ·dt), c = volatility²·(1 − decay)/(4κ) and d = 4κ·longRunMean/volatility², the next price is c times a
 * noncentral chi-square variate of d degrees of freedom and noncentrality S·decay/c.
 * - d > 1: (√(S·decay) + √c·Z)² + 2c·gamma((d − 1)/2) (Glasserman 2003, "Monte Carlo Methods in Financial Engineering",
 *   3.4.1).
 * - d ≤ 1: with G ~ gamma(1 − d/2) the price touches 0 within the step if 2c·G ≥ S·decay (Makarov and Glew 2010, "Exact
 *   simulation of Bessel diffusions"). If not, it is (√(S·decay − 2c·G) + √c·Z)² + c·Y², Y a second normal. If so, it starts
 *   anew from 0 for what is left of the step: (2c − S·decay/G)·gamma(d/2). Unlike the mixture of chi-squares over a Poisson
 *   number this has no largest noncentrality, and a normal moves the price.
 */
export class CirProcess implements PriceProcess {
  /**
   * `log` with the local variance volatility²·dt/S, where that hardly changes within a step. Near 0 it does: where more than
   * 0.1 % of prices in the long run would make a step's deviation greater than 10 % there is no bridge.
   */
  readonly bridge: PriceProcess['bridge'];
  readonly stepDeviation: number;
  private readonly price: number;
  private readonly decay: number;
  private readonly scale: number;
  private readonly halfDegrees: number;
  /** c·(d − 1): the mean of what the second term adds. */
  private readonly meanOfRest: number;
  private readonly variancePerStep: number;
  private shocks!: NormalSource;
  private extra!: RandomStream;
  private last = 0;

  constructor(config: DynamicsOf<'cir'>, price: number, grid: TimeGrid) {
    const { meanReversionSpeed, longRunMean, volatility } = config;
    const square = volatility * volatility;
    const pace = meanReversionSpeed / grid.stepsPerYear;
    const pull = -Math.expm1(-pace);
    this.price = price;
    this.decay = Math.exp(-pace);
    this.scale = (square / 4) * (pull / meanReversionSpeed);
    this.halfDegrees = square === 0 ? Number.POSITIVE_INFINITY : (2 * meanReversionSpeed * longRunMean) / square;
    this.meanOfRest = pull * longRunMean - this.scale;
    this.variancePerStep = square / grid.stepsPerYear;
    const isLog = isNearlyBrownian(pace) && isSeldomLow(this.variancePerStep, longRunMean, price, this.halfDegrees);
    this.bridge = isLog ? 'log' : 'none';
    this.stepDeviation = volatility * Math.sqrt(-Math.expm1(-2 * pace) / (2 * meanReversionSpeed) / price);
  }

  begin(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.extra = streams.extra(0);
    this.last = this.price;
  }

  moveTo(price: number): void {
    this.last = price;
  }

  advance(prices: Float64Array, from: number, to: number, variances?: Float64Array): void {
    // One column is in turn the normals and the prices.
    this.shocks.fillNormal(prices, from, to);
    for (let i = from; i < to; i++) {
      const before = this.last;
      const near = before * this.decay;
      const price = this.halfDegrees > 0.5 ? this.above(near, prices[i]!) : this.below(near, prices[i]!);
      // Near 0 a step has no local variance to speak of; 1 keeps the extremes finite.
      if (variances !== undefined) variances[i] = Math.min(1, (2 * this.variancePerStep) / (before + price));
      prices[i] = price;
      this.last = price;
    }
  }

  /** The next price where d > 1; `near` is the price that decays without anything added. */
  private above(near: number, z: number): number {
    const root = Math.sqrt(near) + Math.sqrt(this.scale) * z;
    const isSharp = this.halfDegrees > SHARP_GAMMA;
    return root * root + (isSharp ? this.meanOfRest : 2 * this.scale * this.extra.gamma(this.halfDegrees - 0.5));
  }

  private below(near: number, z: number): number {
    const g = this.extra.gamma(1 - this.halfDegrees);
    const left = near - 2 * this.scale * g;
    if (left > 0) {
      const root = Math.sqrt(left) + Math.sqrt(this.scale) * z;
      const other = this.extra.normal();
      return root * root + this.scale * other * other;
    }
    // Degrees that underflow to none: what has reached 0 stays there.
    return this.halfDegrees === 0 ? 0 : (2 * this.scale - near / g) * this.extra.gamma(this.halfDegrees);
  }
}

/**
 * Whether a price so low that a step of `variance`/price is large is seldom: Chernoff's bound of the stationary gamma law,
 * P(S ≤ r·mean) ≤ exp(−k·(r − 1 − ln r)) for shape k and r < 1.
 */
function isSeldomLow(variance: number, mean: number, price: number, shape: number): boolean {
  const low = variance / (LARGE_DEVIATION * LARGE_DEVIATION);
  const ratio = low / mean;
  return price > low && (ratio === 0 || (ratio < 1 && shape * (ratio - 1 - Math.log(ratio)) >= SELDOM_EXPONENT));
}
