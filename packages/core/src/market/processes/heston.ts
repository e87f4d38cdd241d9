import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, ProcessStreams } from './process.ts';

/** Sub-steps whose variance is drawn at once, unless one step has more. */
const BLOCK = 256;
/**
 * A step is cut until meanReversionSpeed times a sub-step is at most this, for the trapezoids and for the martingale correction: its
 * denominators 1 − 2Aa and 1 − A/β stay above 0.01 then, whatever the other parameters (found by search),
 */
const MAX_REVERSION = 0.4;
/** but into no more sub-steps than this. */
const MAX_SUBSTEPS = 4096;
/** Half the scheme's ψ_c. */
const MAX_QUADRATIC = 0.75;
/** Up to this |y| the series of ln(1 − y) in `quadraticRun` is exact to rounding. */
const MAX_SERIES = 1 / 8;

/**
 * Heston's stochastic variance (Heston 1993, "A closed-form solution for options with stochastic volatility"):
 *
 *     dS = drift·S·dt + √v·S·dW₁      dv = meanReversionSpeed·(longRunVariance − v)·dt + volOfVol·√v·dW₂
 *
 * with dW₁dW₂ = correlation·dt, by the quadratic-exponential scheme with martingale correction, ψ_c = 1.5, γ₁ = γ₂ = ½
 * (Andersen 2008, "Simple and efficient simulation of the Heston stochastic volatility model"). The variance of the next step
 * has its exact conditional mean and variance, is never negative and needs no Feller condition. E[S_T] = S₀·exp(drift·T)
 * exactly, at any step; the law of S_T has a small bias, of weak order about 2 in the step.
 *
 * The integral of the variance is taken by trapezoids, which needs meanReversionSpeed·dt well below 1. A step is cut into
 * sub-steps until that is at most 0.4 (into 4096 at most); they share one price shock, because given the variance the log return
 * is normal. In such sub-steps the martingale correction always exists; where 4096 are too few and it does not, a sub-step has
 * the uncorrected drift. Without volOfVol the variance is a function of time and the scheme exact.
 *
 * Shocks are the part of the price's moves that is independent of the variance.
 */
export class HestonProcess extends LogProcess {
  readonly stepDeviation: number;
  private readonly initialVariance: number;
  private readonly longRunVariance: number;
  /** Sub-steps of a step. */
  private readonly substeps: number;
  /** exp(−κδ) and 1 − exp(−κδ), δ being the sub-step. */
  private readonly decay: number;
  private readonly reverted: number;
  private readonly speed: number;
  /** Half the conditional variance of v is halfSlope·v + halfLevel. */
  private readonly halfSlope: number;
  private readonly halfLevel: number;
  private readonly isNoisy: boolean;
  private readonly driftPerSubstep: number;
  /** K₀ … K₄ of the paper; K₃ = K₄. */
  private readonly k0: number;
  private readonly k1: number;
  private readonly k2: number;
  private readonly k3: number;
  /** The paper's A = K₂ + K₄/2. */
  private readonly exponent: number;
  private readonly halfSubstep: number;
  private shocks!: NormalSource;
  private varianceNormals!: RandomStream;
  private uniforms!: RandomStream;
  private variance = 0;
  /** Of each sub-step of a block: first its normal, then the part of the log return that no price shock moves. */
  private readonly drifts: Float64Array;
  /** Of each sub-step of a block: the variances at its two ends, added; without volOfVol twice their average in time. */
  private readonly sums: Float64Array;

  constructor(config: Omit<DynamicsOf<'heston'>, 'process'>, price: number, grid: TimeGrid) {
    super(price);
    const { meanReversionSpeed: kappa, longRunVariance: theta, volOfVol: sigma, correlation: rho } = config;
    const step = 1 / grid.stepsPerYear;
    this.stepDeviation = Math.sqrt(theta * step);
    this.initialVariance = config.initialVariance ?? theta;
    this.longRunVariance = theta;
    this.speed = kappa;
    const isNoisy = sigma > 0;
    this.isNoisy = isNoisy;
    this.substeps = isNoisy ? Math.min(MAX_SUBSTEPS, Math.max(1, Math.ceil((kappa * step) / MAX_REVERSION))) : 1;
    const substep = step / this.substeps;
    this.decay = Math.exp(-kappa * substep);
    this.reverted = -Math.expm1(-kappa * substep);
    this.halfSlope = (sigma * sigma * this.decay * this.reverted) / (2 * kappa);
    this.halfLevel = (theta * sigma * sigma * this.reverted * this.reverted) / (4 * kappa);
    this.driftPerSubstep = config.drift * substep;
    this.halfSubstep = substep / 2;
    const ratio = isNoisy ? rho / sigma : 0;
    this.k0 = -ratio * kappa * theta * substep;
    this.k1 = this.halfSubstep * (kappa * ratio - 0.5) - ratio;
    this.k2 = this.halfSubstep * (kappa * ratio - 0.5) + ratio;
    this.k3 = this.halfSubstep * (isNoisy ? 1 - rho * rho : 1);
    this.exponent = this.k2 + this.k3 / 2;
    const block = Math.max(1, Math.floor(BLOCK / this.substeps)) * this.substeps;
    this.drifts = new Float64Array(block);
    this.sums = new Float64Array(block);
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.varianceNormals = streams.extra(0);
    this.uniforms = streams.extra(1);
    this.variance = this.initialVariance;
  }

  protected walk(out: Float64Array, from: number, to: number, start: number, variances?: Float64Array): number {
    this.shocks.fillNormal(out, from, to);
    const blockSteps = this.drifts.length / this.substeps;
    let x = start;
    for (let i = from; i < to; i += blockSteps) {
      const end = Math.min(to, i + blockSteps);
      const count = (end - i) * this.substeps;
      if (this.isNoisy) this.walkVariance(count);
      else this.walkSmooth(count);
      if (this.substeps > 1) this.gather(end - i);
      this.addJumps(this.drifts, end - i);
      if (variances !== undefined) this.writeVariances(variances, i, end);
      x = this.accumulate(out, i, end, x);
    }
    return x;
  }

  /** Adds to the log returns of the next `steps` steps, from index 0, whatever else moves the price. */
  protected addJumps(_logReturns: Float64Array, _steps: number): void {}

  /** Adds up what the sub-steps of each of `steps` steps gave. */
  private gather(steps: number): void {
    const { drifts, sums, substeps } = this;
    for (let i = 0, at = 0; i < steps; i++) {
      let drift = 0;
      let sum = 0;
      for (let k = 0; k < substeps; k++, at++) {
        drift += drifts[at]!;
        sum += sums[at]!;
      }
      drifts[i] = drift;
      sums[i] = sum;
    }
  }

  /**
   * The whole variance of each step, also the part that moves with the variance's own shocks: between given ends the log price
   * is close to a Brownian bridge run by the clock ∫v dt, and a change of clock does not move the extremes.
   */
  private writeVariances(variances: Float64Array, from: number, to: number): void {
    const { sums, halfSubstep } = this;
    for (let i = from; i < to; i++) variances[i] = halfSubstep * sums[i - from]!;
  }

  private accumulate(column: Float64Array, from: number, to: number, start: number): number {
    const { drifts, sums, k3 } = this;
    let x = start;
    for (let i = from, at = 0; i < to; i++, at++) {
      x += drifts[at]! + Math.sqrt(k3 * sums[at]!) * column[i]!;
      column[i] = x;
    }
    return x;
  }

  /** Without volOfVol: the variance decays to its mean. */
  private walkSmooth(count: number): void {
    const { drifts, sums, decay, longRunVariance, halfSubstep } = this;
    const share = this.reverted / this.speed;
    let excess = this.variance - longRunVariance;
    for (let i = 0; i < count; i++) {
      const integral = 2 * halfSubstep * longRunVariance + excess * share;
      excess *= decay;
      drifts[i] = this.driftPerSubstep - integral / 2;
      sums[i] = integral / halfSubstep;
    }
    this.variance = longRunVariance + excess;
  }

  private walkVariance(count: number): void {
    this.varianceNormals.fillNormal(this.drifts, 0, count);
    let i = 0;
    while ((i = this.quadraticRun(i, count)) < count) this.anyStep(i++);
  }

  /**
   * Sub-steps up to the first that is not of the usual kind, whose index is returned.
   *
   * The paper's quadratic a(b + Z)² with the conditional mean m, half the squared coefficient of variation h = ψ/2, q = √(1 − h)
   * and g = 1 − q is m(√q + √g·Z)²: a·b² = m·q, a = m·g. The correction K₀* is taken together with K₂·m, so that nothing cancels
   * when volOfVol is small. It needs ln(1 − y), y = 2A·a, here a series (2 artanh), because `Math.log` takes longer than all else.
   */
  private quadraticRun(from: number, to: number): number {
    const { drifts, sums, decay, halfSlope, halfLevel, exponent, k2, driftPerSubstep } = this;
    const level = this.longRunVariance * this.reverted;
    const halfK3 = this.k3 / 2;
    let v = this.variance;
    let i = from;
    for (; i < to; i++) {
      const m = level + decay * v;
      const h = (halfLevel + halfSlope * v) / (m * m);
      if (!(h <= MAX_QUADRATIC)) break;
      const q = Math.sqrt(1 - h);
      const g = h / (1 + q);
      const am = exponent * m;
      const y = 2 * am * g;
      if (!(Math.abs(y) <= MAX_SERIES)) break;
      const z = drifts[i]!;
      const d = m * (g * (z * z - 1) + 2 * Math.sqrt(q * g) * z);
      const next = m + d;
      const r = 1 / ((1 - y) * (2 - y));
      const w = y * (1 - y) * r;
      const ww = w * w;
      const series = 1 + ww * (1 / 3 + ww * (1 / 5 + ww * (1 / 7 + ww * (1 / 9 + ww * (1 / 11 + ww * (1 / 13))))));
      const logM = y * (am - 0.5) * (2 - y) * r + w * series;
      drifts[i] = driftPerSubstep - logM + k2 * d - halfK3 * (m + v);
      // The square of a real number, below 0 only by rounding.
      const kept = next > 0 ? next : 0;
      sums[i] = v + kept;
      v = kept;
    }
    this.variance = v;
    return i;
  }

  /** One sub-step of any kind. */
  private anyStep(i: number): void {
    const { exponent } = this;
    const v = this.variance;
    const m = this.longRunVariance * this.reverted + this.decay * v;
    const halfVariance = this.halfLevel + this.halfSlope * v;
    const h = halfVariance / (m * m);
    /** v' − m, and ln E[exp(A(v' − m))]. */
    let d = 0;
    let logM = 0;
    if (h <= MAX_QUADRATIC) {
      const z = this.drifts[i]!;
      const q = Math.sqrt(1 - h);
      const g = h / (1 + q);
      const y = 2 * exponent * m * g;
      d = m * (g * (z * z - 1) + 2 * Math.sqrt(q * g) * z);
      logM = y < 1 ? (y * (exponent * m - 0.5)) / (1 - y) - Math.log(1 - y) / 2 : Number.NaN;
    } else if (halfVariance > 0) {
      // An exponential of rate β with probability `tail`, else 0.
      const tail = 2 / (1 + 2 * h);
      const beta = tail / m;
      const u = 1 - this.uniforms.nextDouble();
      d = (u < tail ? Math.log(tail / u) / beta : 0) - m;
      logM = exponent < beta ? Math.log1p((tail * exponent) / (beta - exponent)) - exponent * m : Number.NaN;
    }
    const next = Math.max(0, m + d);
    this.drifts[i] =
      this.driftPerSubstep +
      (Number.isNaN(logM) ? this.k0 + this.k1 * v + this.k2 * next : this.k2 * d - logM - (this.k3 / 2) * (m + v));
    this.sums[i] = v + next;
    this.variance = next;
  }
}
