import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import { scaledExpInto } from '../exp.ts';
import type { TimeGrid } from '../handler.ts';
import { RealFft } from './fft.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, ProcessStreams } from './process.ts';
import { transformSize, wholePathSteps } from './whole-path.ts';

/**
 * Rough Bergomi model (Bayer, Friz and Gatheral 2016, "Pricing under rough volatility") with a flat forward variance:
 * dS = drift·S·dt + √v·S·dB, v_t = ξ·exp(η·W̃_t − η²·Var(W̃_t)/2), W̃_t = √(2H)·∫₀ᵗ (t − s)^{H − 1/2} dW_s, where ξ is
 * volatility², η is volOfVol, H is hurst and dB·dW = correlation·dt.
 *
 * W̃ comes from the hybrid scheme with one exact cell (Bennedsen, Lunde and Pakkanen 2017, "Hybrid scheme for Brownian
 * semistationary processes"), by fast Fourier transforms over the path; its root mean square error is of order H in the
 * length of a step. The compensator has the scheme's own variance, so E[v_t] = ξ at any length of step. The price moves
 * by log-Euler steps with the variance at their start, so E[S_T] = S₀·exp(drift·T) at any length of step.
 *
 * Throws ConfigError where the path is too long to be drawn as a whole.
 */
export class RoughVolatilityProcess extends LogProcess {
  readonly stepDeviation: number;
  private readonly driftPerStep: number;
  private readonly correlation: number;
  private readonly variance: RoughVariance;
  /** The shocks of the whole path: those of the variance are made of them. */
  private readonly normals: Float64Array;
  private shocks!: NormalSource;
  private volatilityShocks!: RandomStream;
  private cellShocks!: RandomStream;
  private isDrawn = false;
  private step = 0;

  constructor(config: DynamicsOf<'rough-volatility'>, price: number, grid: TimeGrid) {
    super(price);
    const steps = wholePathSteps('rough-volatility', grid);
    this.stepDeviation = config.volatility * Math.sqrt(1 / grid.stepsPerYear);
    this.driftPerStep = config.drift / grid.stepsPerYear;
    this.correlation = config.correlation;
    this.variance = new RoughVariance(config, grid.stepsPerYear, steps);
    this.normals = new Float64Array(steps);
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.volatilityShocks = streams.extra(0);
    this.cellShocks = streams.extra(1);
    this.isDrawn = false;
    this.step = 0;
  }

  protected walk(out: Float64Array, from: number, to: number, start: number, variances?: Float64Array): number {
    if (from === to) return start;
    if (!this.isDrawn) this.draw();
    const { driftPerStep, normals } = this;
    const { perStep } = this.variance;
    let k = this.step;
    let x = start;
    for (let i = from; i < to; i++, k++) {
      const v = perStep[k]!;
      x += driftPerStep - v / 2 + Math.sqrt(v) * normals[k]!;
      out[i] = x;
      if (variances !== undefined) variances[i] = v;
    }
    this.step = k;
    return x;
  }

  private draw(): void {
    this.isDrawn = true;
    const { normals, correlation } = this;
    this.shocks.fillNormal(normals, 0, normals.length);
    this.variance.draw(normals, correlation, this.volatilityShocks, this.cellShocks);
  }
}

/** Variance of each step of a path, from the value of W̃ at its start. */
class RoughVariance {
  readonly perStep: Float64Array;
  /** ξ·dt. */
  private readonly mean: number;
  /** −η²·Var(W̃)/2 at the start of each step. */
  private readonly compensators: Float64Array;
  private readonly volOfVol: number;
  /** Standard deviation of W̃ over one step, and the share of it that the shock of the last step does not tell. */
  private readonly stepScale: number;
  private readonly cellRest: number;
  private readonly fft: RealFft;
  /** Spectrum of the weights of past shocks in W̃. */
  private readonly kernel: Float64Array;
  private readonly work: Float64Array;

  constructor({ volatility, volOfVol, hurst }: DynamicsOf<'rough-volatility'>, stepsPerYear: number, steps: number) {
    const power = hurst + 0.5;
    this.mean = (volatility * volatility) / stepsPerYear;
    this.volOfVol = volOfVol;
    this.stepScale = Math.exp(-hurst * Math.log(stepsPerYear));
    // The integral over the last step, ∫ (dt − s)^{H − 1/2} dW, given ΔW: its variance less the part that ΔW explains.
    this.cellRest = (0.5 - hurst) / power;
    this.perStep = new Float64Array(steps);
    this.compensators = new Float64Array(steps);
    this.fft = new RealFft(transformSize(steps));
    this.kernel = new Float64Array(this.fft.size);
    this.work = new Float64Array(this.fft.size);
    this.weigh(hurst, power);
    this.fft.forward(this.kernel);
  }

  /** √(2H)·(k^{H + 1/2} − (k − 1)^{H + 1/2})/(H + 1/2): the mean of the kernel over each past step, over stepScale. */
  private weigh(hurst: number, power: number): void {
    const { kernel, compensators, volOfVol, stepScale } = this;
    const root = Math.sqrt(2 * hurst);
    const scale = (volOfVol * volOfVol * stepScale * stepScale) / 2;
    let variance = this.cellRest * this.cellRest;
    for (let k = 1; k < compensators.length; k++) {
      // As a quotient: the difference of two powers would lose digits at large k.
      const rise = -Math.expm1(power * Math.log1p(-1 / k)) * Math.exp(power * Math.log(k));
      const weight = (root * rise) / power;
      kernel[k] = weight;
      variance += weight * weight;
      compensators[k] = -scale * variance;
    }
  }

  /** `shocks` are those of the price; the ones of W are correlated with them, those of the rests of cells are not. */
  draw(shocks: Float64Array, correlation: number, own: RandomStream, rests: RandomStream): void {
    const { work, perStep, compensators, fft } = this;
    const rest = Math.sqrt(1 - correlation * correlation);
    const steps = shocks.length;
    own.fillNormal(work, 0, steps);
    for (let k = 0; k < steps; k++) work[k] = correlation * shocks[k]! + rest * work[k]!;
    work.fill(0, steps);
    fft.forward(work);
    multiplySpectra(work, this.kernel);
    fft.inverse(work);
    rests.fillNormal(perStep, 0, steps);
    const scale = this.volOfVol * this.stepScale;
    // At the start W̃ is 0. The normal of place k is the rest of the cell before step k.
    perStep[0] = 0;
    for (let k = 1; k < steps; k++) perStep[k] = scale * (work[k]! + this.cellRest * perStep[k]!) + compensators[k]!;
    scaledExpInto(this.mean, perStep, perStep, 0, steps);
  }
}

/** Multiplies a packed spectrum by another: a circular convolution of the numbers. */
function multiplySpectra(x: Float64Array, by: Float64Array): void {
  x[0]! *= by[0]!;
  x[1]! *= by[1]!;
  for (let i = 2; i < x.length; i += 2) {
    const re = x[i]! * by[i]! - x[i + 1]! * by[i + 1]!;
    x[i + 1] = x[i]! * by[i + 1]! + x[i + 1]! * by[i]!;
    x[i] = re;
  }
}
