import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, ProcessStreams } from './process.ts';

/**
 * Constant elasticity of variance dS = drift·S·dt + c·S^elasticity·dW, sampled exactly and absorbed at 0 (Cox 1975, "Notes on
 * option pricing I: constant elasticity of variance diffusions"). c is such that `volatility` is the local volatility at the
 * initial price: c = volatility·S₀^(1 − elasticity), also after the price was moved. E[S_T] = S₀·exp(drift·T).
 *
 * Let q = 2(1 − elasticity). Over a step of length dt, S·exp(−drift·dt) is the driftless process at the time
 * τ = (1 − exp(−q·drift·dt))/(q·drift), and (S/S₀)^q of that is a squared Bessel process of index −1/q in the time
 * volatility²·q²·τ/4. With λ = 2·(S/S₀)^q/(volatility²·q²·τ) and G ~ gamma(1/q) it reaches 0 within the step if G ≥ λ. If not, it
 * grows by the factor gamma(N + 1)/λ, N Poisson of mean λ − G (Makarov and Glew 2010, "Exact simulation of Bessel
 * diffusions"). 2·gamma(N + 1) is a noncentral chi-square variate with two degrees of freedom, hence the factor is
 * ((√(2(λ − G)) + Z)² + Y²)/(2λ) with two normals: exact for every λ, and Z is the shock that moves the price.
 *
 * Within a step the log price is taken for a Brownian bridge of the local variance. Where a step's deviation is 10 %, wicks
 * are within 5 % of their mean length (measured at elasticity 0.5); they are coarse in the last steps before absorption.
 */
export class CevProcess extends LogProcess {
  readonly stepDeviation: number;
  private readonly initialPrice: number;
  /** q: twice what the elasticity lacks to 1. */
  private readonly power: number;
  private readonly growthPerStep: number;
  /** λ at the initial price; infinite without volatility. */
  private readonly initialLambda: number;
  private shocks!: NormalSource;
  private extra!: RandomStream;
  /** λ where the log return counts from. */
  private lambda = 0;

  constructor(config: DynamicsOf<'cev'>, price: number, grid: TimeGrid) {
    super(price);
    const { drift, volatility, elasticity } = config;
    const power = 2 * (1 - elasticity);
    const growth = drift / grid.stepsPerYear;
    const exponent = power * growth;
    const clock = (exponent === 0 ? 1 : -Math.expm1(-exponent) / exponent) / grid.stepsPerYear;
    const spread = volatility * power;
    this.initialPrice = price;
    this.power = power;
    this.growthPerStep = growth;
    this.initialLambda = volatility === 0 ? Number.POSITIVE_INFINITY : 2 / (spread * spread * clock);
    this.stepDeviation = volatility * Math.sqrt(1 / grid.stepsPerYear);
  }

  override moveTo(price: number): void {
    super.moveTo(price);
    this.lambda = this.initialLambda * Math.exp(this.power * Math.log(price / this.initialPrice));
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.extra = streams.extra(0);
    this.lambda = this.initialLambda;
  }

  protected walk(out: Float64Array, from: number, to: number, x: number, variances?: Float64Array): number {
    // One column is in turn the normals and the log returns.
    this.shocks.fillNormal(out, from, to);
    const { power, extra, growthPerStep } = this;
    const shape = 1 / power;
    let last = x;
    for (let i = from; i < to; i++) {
      const lambda = this.lambda * Math.exp(power * last);
      // Not less than 1 also where the price is 0 already, or so low that λ underflows.
      const lost = last === Number.NEGATIVE_INFINITY ? 1 : extra.gamma(shape) / lambda;
      const growth = lost < 1 ? logFactor(lambda, lost, out[i]!, extra.normal()) : Number.NEGATIVE_INFINITY;
      last += growth / power + growthPerStep;
      out[i] = last;
      if (variances !== undefined) variances[i] = lost < 1 ? localVariance(power, lambda, growth) : 0;
    }
    return last;
  }
}

/** ln(((√(2λ(1 − lost)) + z)² + y²)/(2λ)), to full precision for a large λ too. */
function logFactor(lambda: number, lost: number, z: number, y: number): number {
  const change = z * Math.sqrt((2 * (1 - lost)) / lambda) - lost + (z * z + y * y) / (2 * lambda);
  if (change > -0.5) return Math.log1p(change);
  const root = Math.sqrt(2 * lambda * (1 - lost)) + z;
  return Math.log((root * root + y * y) / (2 * lambda));
}

/**
 * Variance of the log price over a step whose λ grows by exp(growth), at the geometric mean of both ends. At most 1, or the
 * extremes of the last steps before absorption would overflow.
 */
function localVariance(power: number, lambda: number, growth: number): number {
  return Math.min(1, 2 / (power * power * lambda * Math.exp(growth / 2)));
}
