import { logGamma } from '@ergodic/statistics';
import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { influencesOf, propagated } from '../numerics/sandwich.ts';
import { between, positive } from '../numerics/transforms.ts';
import { CalibrationError } from './errors.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { fractionalNoiseCovariances } from './fractional-noise.ts';
import { movingReturnsOf } from './moving-returns.ts';
import { estimateOf } from './result.ts';

/** Variance of ln Z², Z standard normal: of what hides the log variance behind a squared return. */
const NOISE = (Math.PI * Math.PI) / 2;
/** E|Z|: the part of a price shock that its sign tells. */
const SIGN = Math.sqrt(2 / Math.PI);
/** Returns whose likelihood is exact; dependence across the borders of such blocks is left out. */
const BLOCK = 1024;
/** Scores are summed over so many returns before their covariance is taken: those of neighbours depend on each other. */
const SEGMENT = 128;
/** Shocks further back than this move the log variance too evenly for their signs to tell. */
const MEMORY = 512;

const NAMES = ['drift', 'volatility', 'volOfVol', 'hurst', 'correlation'] as const;

/** Sums over a segment of prediction errors e of the changes and s of the signs, each over the variance of e. */
interface SignSums {
  readonly es: Float64Array;
  readonly ss: Float64Array;
}

/**
 * Gaussian quasi-likelihood of the changes of ln r², as if the log variance were a fractional Brownian motion behind noise of the
 * known variance π²/2.
 */
export class RoughLikelihood {
  readonly segments: number;
  private readonly changes: Float64Array;
  private readonly signs: Float64Array;

  constructor(returns: Float64Array) {
    const smallest = returns.reduce((least, r) => (r === 0 ? least : Math.min(least, Math.abs(r))), Infinity);
    const sizes = returns.map((r) => 2 * Math.log(Math.max(smallest, Math.abs(r))));
    this.changes = sizes.subarray(1).map((y, i) => y - sizes[i]!);
    this.signs = returns.map(Math.sign);
    this.segments = Math.ceil(this.changes.length / SEGMENT);
  }

  /** Adds the log-likelihood of each segment to `out`, if asked to; returns their sum. `stepVolOfVol` is volOfVol·dt^hurst. */
  logLikelihood(hurst: number, stepVolOfVol: number, out?: Float64Array): number {
    let total = 0;
    this.predict(hurst, stepVolOfVol, [this.changes], (t, variance, [error]) => {
      const value = -(Math.log(variance) + (error! * error!) / variance) / 2;
      if (out !== undefined) out[Math.floor(t / SEGMENT)]! += value;
      total += value;
    });
    return total;
  }

  /**
   * For a regression of the changes on what the signs of the returns before would add if each were a shock: generalised least
   * squares, which needs the covariances only for its efficiency.
   */
  signSums(hurst: number, stepVolOfVol: number): SignSums {
    const sums = { es: new Float64Array(this.segments), ss: new Float64Array(this.segments) };
    this.predict(hurst, stepVolOfVol, [this.changes, this.regressor(hurst)], (t, variance, [e, s]) => {
      const segment = Math.floor(t / SEGMENT);
      sums.es[segment]! += (e! * s!) / variance;
      sums.ss[segment]! += (s! * s!) / variance;
    });
    return sums;
  }

  /** Errors of the best linear prediction of each observation from those before it in its block (Durbin and Levinson). */
  private predict(
    hurst: number,
    stepVolOfVol: number,
    series: readonly Float64Array[],
    see: (t: number, variance: number, errors: readonly number[]) => void,
  ): void {
    const n = this.changes.length;
    const blocks = Math.ceil(n / BLOCK);
    const length = Math.ceil(n / blocks);
    const covariances = changeCovariances(hurst, stepVolOfVol, length);
    const coefficients = new Float64Array(length);
    const errors = series.map(() => 0);
    let variance = covariances[0]!;
    // All blocks at once: they share the coefficients.
    for (let age = 0; age < length; age++) {
      for (let t = age; t < n; t += length) {
        for (const [i, x] of series.entries()) errors[i] = x[t]! - dot(coefficients, x, age, t - 1);
        see(t, variance, errors);
      }
      const partial = (covariances[age + 1]! - dot(coefficients, covariances, age, age)) / variance;
      for (let j = 0, k = age - 1; j <= k; j++, k--) {
        const a = coefficients[j]!;
        const b = coefficients[k]!;
        coefficients[j] = a - partial * b;
        coefficients[k] = b - partial * a;
      }
      coefficients[age] = partial;
      variance *= 1 - partial * partial;
    }
  }

  /** What the signs of past returns add to the change of the log variance, for a weight of 1. */
  private regressor(hurst: number): Float64Array {
    const { signs } = this;
    const power = hurst + 0.5;
    const scale = Math.sqrt(2 * hurst) / power;
    const weights = Float64Array.from(
      { length: MEMORY + 1 },
      (_, k) => scale * (Math.exp(power * Math.log(k + 1)) - (k === 0 ? 0 : Math.exp(power * Math.log(k)))),
    );
    // The change of the weight of a shock from one step to the next.
    const changes = weights.map((w, k) => w - (k === 0 ? 0 : weights[k - 1]!));
    return Float64Array.from({ length: signs.length - 1 }, (_, t) => {
      let sum = 0;
      for (let k = 0; k <= Math.min(t, MEMORY); k++) sum += changes[k]! * signs[t - k]!;
      return sum;
    });
  }
}

/** Σ a[j]·x[last − j] over the first `count` of a. */
function dot(a: Float64Array, x: Float64Array, count: number, last: number): number {
  let even = 0;
  let odd = 0;
  let j = 0;
  for (; j + 1 < count; j += 2) {
    even += a[j]! * x[last - j]!;
    odd += a[j + 1]! * x[last - j - 1]!;
  }
  return j < count ? even + odd + a[j]! * x[last - j]! : even + odd;
}

/** Autocovariances of the changes of ln r² from step to step. */
function changeCovariances(hurst: number, stepVolOfVol: number, n: number): Float64Array {
  // Of the increments of the model's Volterra process over that of a fractional Brownian motion (Mandelbrot and Van Ness 1968).
  const ratio =
    2 * hurst * Math.exp(2 * logGamma(hurst + 0.5) - logGamma(2 * hurst + 1) - Math.log(Math.sin(Math.PI * hurst)));
  const scale = stepVolOfVol * stepVolOfVol * ratio;
  return fractionalNoiseCovariances(hurst, n + 1).map(
    (covariance, k) => scale * covariance + (k === 0 ? 2 * NOISE : k === 1 ? -NOISE : 0),
  );
}

/**
 * Rough volatility. Volatility is that of the sample, without an error: in the model the level of a path's variance stays uncertain
 * however long the path.
 */
export const roughVolatility: Calibrator = {
  name: 'rough-volatility',
  process: 'rough-volatility',
  method: 'Gaussian quasi maximum likelihood of log squared returns, robust errors',
  source:
    'Harvey, Ruiz and Shephard (1994), Multivariate stochastic variance models; Fukasawa, Takabatake and Westphal (2022), Consistent estimation for fractional stochastic volatility model under high-frequency asymptotics',
  minimumPrices: 1_000,
  isOnRequest: true,
  fit(sample: PriceSample) {
    const { yearsPerStep } = sample;
    const { returns } = movingReturnsOf(roughVolatility, sample);
    const n = returns.length;
    const zeros = returns.reduce((count, r) => count + (r === 0 ? 1 : 0), 0);
    if (zeros > n / 10) {
      throw new CalibrationError(
        `rough-volatility: at most a tenth of the returns may be 0, got ${zeros} of ${n}: use longer candles`,
      );
    }
    const years = n * yearsPerStep;
    const logStep = Math.log(yearsPerStep);
    const likelihood = new RoughLikelihood(returns);
    const at = ([hurst, stepVolOfVol]: readonly number[], out?: Float64Array): number =>
      likelihood.logLikelihood(hurst!, stepVolOfVol!, out);
    const candidates = [
      [0.05, 0.6],
      [0.1, 0.4],
      [0.2, 0.2],
      [0.35, 0.1],
    ];
    const heights = new Map(candidates.map((start) => [start, at(start)]));
    const best = candidates.reduce((a, b) => (heights.get(b)! > heights.get(a)! ? b : a));
    const fit = maximumLikelihood({
      names: ['hurst', 'volOfVol'],
      transforms: [between(0, 0.5), positive],
      starts: [best],
      negativeLogLikelihood: (values) => -at(values),
      options: { tolerance: 1e-2 },
    });
    const [hurst, stepVolOfVol] = fit.values as [number, number];
    const { es, ss } = likelihood.signSums(hurst, stepVolOfVol);
    const sumOfSquares = ss.reduce((sum, x) => sum + x, 0);
    const slope = es.reduce((sum, x) => sum + x, 0) / sumOfSquares;
    const raw = slope / (stepVolOfVol * SIGN);
    const square = returns.reduce((sum, r) => sum + r * r, 0);
    const total = returns.reduce((sum, r) => sum + r, 0);
    const annual = ([h, e, c]: readonly number[]): number[] => [e! * Math.exp(-h! * logStep), h!, c!];
    const volOfVol = annual(fit.values)[0]!;
    const hasErrors = fit.standardErrors.every((error) => error !== null) && fit.covariance !== null;
    // Without a vol-of-vol there is nothing to correlate with.
    const correlation = hasErrors ? Math.max(-1, Math.min(1, raw)) : 0;
    let errors: (number | null)[] = [null, null, null];
    if (hasErrors) {
      const influences = influencesOf(at, fit.values, fit.covariance, likelihood.segments);
      // Of a slope that is estimated given the others, and then divided by the vol-of-vol.
      const ofCorrelation = es.map(
        (e, i) =>
          (e - slope * ss[i]!) / sumOfSquares / (stepVolOfVol * SIGN) - (raw * influences[1]![i]!) / stepVolOfVol,
      );
      const all = [influences[0]!, influences[1]!, ofCorrelation];
      const covariance = all.map((a) => all.map((b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)));
      errors = propagated(annual, [hurst, stepVolOfVol, raw], covariance).map((row, i) => Math.sqrt(row[i]!));
      if (correlation !== raw) errors[2] = null;
    }
    const remarks: string[] = [
      ...fit.remarks,
      'volatility is that of the sample and has no error: in this model its level stays uncertain on any path',
      'hurst is that behind squared returns, their noise allowed for; the slope of a realised volatility would be lower (Cont and Das 2022)',
    ];
    if (zeros > 0) remarks.push(`${zeros} returns of 0 count as the smallest other one`);
    return estimateOf(roughVolatility, {
      names: NAMES,
      values: [(total + square / 2) / years, Math.sqrt(square / years), volOfVol, hurst, correlation],
      // Given its variance a path ends at a normal log price.
      standardErrors: [Math.sqrt(square) / years, null, ...errors],
      covariance: null,
      logLikelihood: null,
      observations: n,
      remarks,
    });
  },
};
