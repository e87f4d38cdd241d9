import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import { RealFft } from './fft.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, ProcessStreams } from './process.ts';
import { transformSize, wholePathSteps } from './whole-path.ts';

/**
 * Exponential of fractional Brownian motion (Mandelbrot and Van Ness 1968, "Fractional Brownian motions, fractional
 * noises and applications"): S_t = S₀·exp(drift·t − volatility²·t^{2H}/2 + volatility·B_H(t)), t in years and
 * H = hurst, with Cov(B_H(s), B_H(t)) = (s^{2H} + t^{2H} − |t − s|^{2H})/2. So E[S_T] = S₀·exp(drift·T).
 *
 * The path is exact, and drawn as a whole: its increments have the covariance of the first rows of a circulant matrix,
 * whose square root a Fourier transform applies to as many normals (Davies and Harte 1987, "Tests for Hurst effect"; Wood
 * and Chan 1994, "Simulation of stationary Gaussian processes in [0,1]^d"; Dietrich and Newsam 1997, "Fast and exact
 * simulation of stationary Gaussian processes through circulant embedding of the covariance matrix").
 *
 * So a shock belongs to a frequency and not to a step: an episode of another length is another path, and correlated
 * shocks make correlated returns where both processes are of this kind, of one hurst and as many steps.
 *
 * Throws ConfigError where the path is too long to be drawn as a whole.
 */
export class FbmProcess extends LogProcess {
  override readonly bridge = 'none';
  readonly stepDeviation: number;
  private readonly noise: FractionalNoise;
  /** Mean of the log return of each step. */
  private readonly means: Float64Array;
  private shocks!: NormalSource;
  private isDrawn = false;
  private step = 0;

  constructor(config: DynamicsOf<'fbm'>, price: number, grid: TimeGrid) {
    super(price);
    const { drift, volatility, hurst } = config;
    const steps = wholePathSteps('fbm', grid);
    const stepScale = Math.exp(-hurst * Math.log(grid.stepsPerYear));
    this.stepDeviation = volatility * stepScale;
    this.noise = new FractionalNoise(hurst, steps);
    this.means = new Float64Array(steps);
    const halfVariance = (this.stepDeviation * this.stepDeviation) / 2;
    let before = 0;
    for (let k = 0; k < steps; k++) {
      const power = Math.exp(2 * hurst * Math.log(k + 1));
      this.means[k] = drift / grid.stepsPerYear - halfVariance * (power - before);
      before = power;
    }
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.isDrawn = false;
    this.step = 0;
  }

  protected walk(out: Float64Array, from: number, to: number, start: number): number {
    if (from === to) return start;
    if (!this.isDrawn) this.noise.draw(this.shocks);
    this.isDrawn = true;
    const { means, stepDeviation } = this;
    const { values } = this.noise;
    let k = this.step;
    let x = start;
    for (let i = from; i < to; i++, k++) {
      x += means[k]! + stepDeviation * values[k]!;
      out[i] = x;
    }
    this.step = k;
    return x;
  }
}

/** Fractional Gaussian noise: increments of fractional Brownian motion over unit steps, each of variance 1. */
class FractionalNoise {
  /** The noise, then what else the transform gives. */
  readonly values: Float64Array;
  private readonly fft: RealFft;
  /** Standard deviation of each number of the packed spectrum. */
  private readonly deviations: Float64Array;

  constructor(hurst: number, steps: number) {
    const size = transformSize(steps);
    this.fft = new RealFft(size);
    this.values = new Float64Array(size);
    this.deviations = new Float64Array(size);
    const row = this.values;
    for (let k = 0; k <= size / 2; k++) row[k] = row[(size - k) % size] = autocovariance(hurst, k);
    this.fft.forward(row);
    // There are no negative eigenvalues (Perrin, Harba, Jennane and Iribarren 2002): what is below 0 is rounding.
    this.deviations[0] = Math.sqrt(size * Math.max(0, row[0]!));
    this.deviations[1] = Math.sqrt(size * Math.max(0, row[1]!));
    for (let i = 2; i < size; i += 2) {
      this.deviations[i] = this.deviations[i + 1] = Math.sqrt((size / 2) * Math.max(0, row[i]!));
    }
  }

  /** Takes as many normals as the transform has places. */
  draw(shocks: NormalSource): void {
    const { values, deviations, fft } = this;
    shocks.fillNormal(values, 0, fft.size);
    for (let i = 0; i < fft.size; i++) values[i]! *= deviations[i]!;
    fft.inverse(values);
  }
}

/**
 * (|k + 1|^{2H} − 2·k^{2H} + |k − 1|^{2H})/2. The difference as it stands would lose all its digits at large k, so from
 * k = 2 on it is the binomial series k^{2H}·Σ_j C(2H, 2j)·k^{−2j}, whose terms all have one sign.
 */
function autocovariance(hurst: number, k: number): number {
  const a = 2 * hurst;
  if (k === 0) return 1;
  if (k === 1) return Math.expm1((a - 1) * Math.LN2);
  const square = 1 / (k * k);
  let term = (a * (a - 1)) / 2;
  let sum = 0;
  for (let j = 3; Math.abs(term) > 1e-17 * Math.abs(sum); j += 2) {
    sum += term;
    term *= (((a - j + 1) * (a - j)) / (j * (j + 1))) * square;
  }
  return Math.exp((a - 2) * Math.log(k)) * sum;
}
