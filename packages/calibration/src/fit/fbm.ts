import { curvature } from '../numerics/hessian.ts';
import { invert } from '../numerics/maximum-likelihood.ts';
import { minimizeBetween } from '../numerics/minimize-scalar.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { fractionalNoiseCovariances, whiten } from './fractional-noise.ts';
import { movingReturnsOf } from './moving-returns.ts';
import { estimateOf } from './result.ts';
import { sumOfLogPrices } from './sample.ts';

const LOG_TWO_PI = 1.8378770664093453;
const LOWEST_HURST = 0.005;
const HIGHEST_HURST = 0.995;
/** Pairs of observations that a likelihood takes at most, so that one takes a second or so. */
const MAX_PAIRS = 4e8;

/** What the likelihood needs of the returns at one Hurst exponent. */
interface Sums {
  /** Of returns r, time d and ½·Δt^2H g, in units of unit-variance noise: rᵀR⁻¹r and so on. */
  readonly rr: number;
  readonly rd: number;
  readonly rg: number;
  readonly dd: number;
  readonly dg: number;
  readonly gg: number;
  readonly logDeterminant: number;
}

/**
 * Gaussian likelihood of the log returns of a fractional Brownian motion, r = drift·dt − ½σ²·Δ(t^2H) + σ·ΔB. Exact up to some
 * 20,000 returns; of more, blocks are taken as independent, which leaves out only the dependence across their borders.
 */
export class FbmLikelihood {
  readonly blocks: number;
  private readonly returns: Float64Array;
  private readonly yearsPerStep: number;
  private readonly known = new Map<number, Sums>();

  constructor(returns: Float64Array, yearsPerStep: number) {
    this.returns = returns;
    this.yearsPerStep = yearsPerStep;
    this.blocks = Math.max(1, Math.ceil((returns.length * returns.length) / MAX_PAIRS));
  }

  /** Drift and volatility of greatest likelihood at a Hurst exponent: closed forms. */
  best(hurst: number): { drift: number; volatility: number } {
    const { rr, rd, dd, dg, gg } = this.sumsAt(hurst);
    const scale = this.noiseVariance(hurst);
    // Without the drift, which is linear, r and g are what the regression on d leaves.
    const a = (rr - (rd * rd) / dd) / scale;
    const c = (gg - (dg * dg) / dd) / scale;
    const n = this.returns.length;
    // d/dv of n·ln(v)/2 + (a/v + v·c)/2 is zero, v the square of the volatility; c is tiny where H is ½.
    const v = (2 * a) / (n + Math.sqrt(n * n + 4 * a * Math.max(0, c)));
    return { drift: (rd + v * dg) / dd, volatility: Math.sqrt(v) };
  }

  /** Of the returns: their negative log-likelihood. */
  negativeLogLikelihood(hurst: number, drift: number, volatility: number): number {
    const { rr, rd, rg, dd, dg, gg, logDeterminant } = this.sumsAt(hurst);
    const v = volatility * volatility;
    const square = rr + drift * drift * dd + v * v * gg - 2 * drift * rd + 2 * v * rg - 2 * drift * v * dg;
    const variance = v * this.noiseVariance(hurst);
    return (this.returns.length * (LOG_TWO_PI + Math.log(variance)) + logDeterminant + square / variance) / 2;
  }

  private noiseVariance(hurst: number): number {
    return Math.exp(2 * hurst * Math.log(this.yearsPerStep));
  }

  private sumsAt(hurst: number): Sums {
    const known = this.known.get(hurst);
    if (known !== undefined) return known;
    const { returns, yearsPerStep } = this;
    const n = returns.length;
    const scale = this.noiseVariance(hurst);
    const power = (k: number): number => (k === 0 ? 0 : scale * Math.exp(2 * hurst * Math.log(k)));
    const convexity = Float64Array.from({ length: n }, (_, i) => (power(i + 1) - power(i)) / 2);
    const correlations = fractionalNoiseCovariances(hurst, Math.ceil(n / this.blocks));
    const sums = { rr: 0, rd: 0, rg: 0, dd: 0, dg: 0, gg: 0, logDeterminant: 0 };
    for (let block = 0; block < this.blocks; block++) {
      const from = Math.floor((block * n) / this.blocks);
      const to = Math.floor(((block + 1) * n) / this.blocks);
      const white = whiten(correlations, returns.subarray(from, to), convexity.subarray(from, to));
      sums.rr += white.xx;
      sums.rg += white.xy;
      sums.gg += white.yy;
      sums.rd += white.x1 * yearsPerStep;
      sums.dg += white.y1 * yearsPerStep;
      sums.dd += white.ones * yearsPerStep * yearsPerStep;
      sums.logDeterminant += white.logDeterminant;
    }
    this.known.set(hurst, sums);
    return sums;
  }
}

/** Fractional Brownian motion of the log price. */
export const fbm: Calibrator = {
  name: 'fbm',
  process: 'fbm',
  method: 'maximum likelihood (exact, by Durbin and Levinson)',
  source: 'Beran (1994), Statistics for Long-Memory Processes, 5.2',
  minimumPrices: 100,
  fit(sample: PriceSample) {
    const { returns } = movingReturnsOf(fbm, sample);
    const n = returns.length;
    const likelihood = new FbmLikelihood(returns, sample.yearsPerStep);
    const profile = (hurst: number): number => {
      const { drift, volatility } = likelihood.best(hurst);
      return likelihood.negativeLogLikelihood(hurst, drift, volatility);
    };
    // A standard error of H is about 0.65/√n; the search starts within ten of them of a first guess.
    const hurstError = 0.65 / Math.sqrt(n);
    const guess = Math.min(HIGHEST_HURST, Math.max(LOWEST_HURST, firstGuess(returns)));
    const { x: hurst } = minimizeBetween(profile, LOWEST_HURST, HIGHEST_HURST, {
      near: [guess - 3 * hurstError, guess + 3 * hurstError],
      tolerance: 1e-2 * hurstError,
    });
    const { drift, volatility } = likelihood.best(hurst);
    const remarks: string[] = [];
    if (likelihood.blocks > 1) {
      remarks.push(
        `${likelihood.blocks} blocks of about ${Math.round(n / likelihood.blocks)} returns are taken as independent`,
      );
    }
    const { yearsPerStep } = sample;
    const logStep = Math.log(yearsPerStep);
    // The volatility of a step and H are told apart far better than that of a year and H.
    const unit = volatility / Math.sqrt(n * yearsPerStep);
    const free = [drift / unit, Math.log(volatility) + hurst * logStep, hurst];
    const { hessian, isFlat } = curvature(
      (u) => {
        const [d, logVolatility, h] = u as [number, number, number];
        if (!(h >= LOWEST_HURST && h <= HIGHEST_HURST)) return Infinity;
        return likelihood.negativeLogLikelihood(h, d * unit, Math.exp(logVolatility - h * logStep));
      },
      free,
      [false, false, true],
    );
    const inverse = invert(hessian, isFlat);
    if (isFlat[2]) remarks.push('hurst is at the edge of its range: it has no error');
    const jacobian = [
      [unit, 0, 0],
      [0, volatility, -volatility * logStep],
      [0, 0, 1],
    ];
    const covariance = inverse === null ? null : jacobian.map((a) => jacobian.map((b) => quadraticForm(a, inverse, b)));
    const error = (i: number): number | null =>
      covariance === null || (i > 0 && isFlat[2]) ? null : Math.sqrt(covariance[i]![i]!);
    return estimateOf(fbm, {
      names: ['drift', 'volatility', 'hurst'],
      values: [drift, volatility, hurst],
      standardErrors: [error(0), error(1), error(2)],
      covariance,
      logLikelihood: -likelihood.negativeLogLikelihood(hurst, drift, volatility) - sumOfLogPrices(sample),
      observations: n,
      remarks,
    });
  },
};

function quadraticForm(a: readonly number[], matrix: readonly (readonly number[])[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + matrix[i]!.reduce((row, m, j) => row + x * m * b[j]!, 0), 0);
}

/** From the variances of returns over one step and over two. */
function firstGuess(returns: Float64Array): number {
  let one = 0;
  let two = 0;
  for (let i = 1; i < returns.length; i++) {
    one += returns[i]! * returns[i]!;
    two += (returns[i]! + returns[i - 1]!) * (returns[i]! + returns[i - 1]!);
  }
  return two > 0 ? Math.log(two / one) / Math.log(4) : LOWEST_HURST;
}
