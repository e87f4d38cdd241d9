import { erfcx } from '@ergodic/statistics';
import { fft } from '../numerics/fourier.ts';
import { sixPoint, tabulated } from '../numerics/interpolate.ts';

/** The log return of one step. */
export interface KouStep {
  /** Of a step without jump. */
  readonly mean: number;
  readonly deviation: number;
  /** Expected number of jumps a step. */
  readonly jumps: number;
  readonly upProbability: number;
  readonly upRate: number;
  readonly downRate: number;
}

/** Nodes of the grid to a deviation of the diffusion: interpolation is then right to 1e-6. */
const NODES_PER_DEVIATION = 8;
const MOST_NODES = 16_384;
/** Deviations of the diffusion in frequency: beyond, the characteristic function is below 1e-17. */
const FREQUENCIES = 9;

/**
 * Log-likelihood of log returns with double exponential jumps (Kou 2002, "A jump-diffusion model for option pricing"). The
 * densities of steps with no jump and with one are exact, so that tails keep their digits; those of all larger numbers together come
 * from their characteristic function by a fast Fourier transform (Carr and Madan 1999).
 */
export function kouLogLikelihood(returns: Float64Array, step: KouStep): number {
  const { mean, deviation, jumps, upProbability, upRate, downRate } = step;
  const none = Math.exp(-jumps) / (Math.sqrt(2 * Math.PI) * deviation);
  const one = jumps * Math.exp(-jumps);
  const several = severalJumps(returns, step);
  let sum = 0;
  for (const r of returns) {
    const d = r - mean;
    const z = d / deviation;
    const single =
      upProbability * normalPlusExponential(d, deviation, upRate) +
      (1 - upProbability) * normalPlusExponential(-d, deviation, downRate);
    sum += Math.log(none * Math.exp((-z * z) / 2) + one * single + several(r));
  }
  return sum;
}

/** The function at hand takes a series of up to fifty terms; relative error below 1e-11. */
const [TABLE_FROM, TABLE_TO] = [-5, 10];
const table = tabulated(erfcx, TABLE_FROM, TABLE_TO, 4_000);

function quickErfcx(z: number): number {
  return z < TABLE_TO ? table(z) : erfcx(z);
}

/** Density at d of a normal of mean 0 plus an exponential variable. */
export function normalPlusExponential(d: number, deviation: number, rate: number): number {
  const z = (rate * deviation - d / deviation) * Math.SQRT1_2;
  const half = d / deviation;
  if (z > -4) return (rate / 2) * Math.exp((-half * half) / 2) * quickErfcx(z);
  const exponent = -rate * d + (rate * rate * deviation * deviation) / 2;
  return (rate / 2) * (2 * Math.exp(exponent) - Math.exp((-half * half) / 2) * quickErfcx(-z));
}

/** The part of the density with two jumps or more, for the returns given. */
function severalJumps(returns: Float64Array, step: KouStep): (r: number) => number {
  const { mean, deviation, jumps, upProbability, upRate, downRate } = step;
  let reach = 0;
  for (const r of returns) reach = Math.max(reach, Math.abs(r - mean));
  // The density repeats itself with the period of the grid: its tails must have died away before they come round again.
  const period = 2 * reach + 16 * deviation + 25 / Math.min(upRate, downRate);
  let nodes = 256;
  while (nodes < MOST_NODES && nodes * deviation < NODES_PER_DEVIATION * period) nodes *= 2;
  const dx = Math.min(deviation / NODES_PER_DEVIATION, period / 8);
  const du = (2 * Math.PI) / (nodes * dx);
  const start = mean - (nodes / 2) * dx;
  const re = new Float64Array(nodes);
  const im = new Float64Array(nodes);
  const silence = Math.exp(-jumps);
  for (let k = 0; k < nodes / 2 && k * du * deviation < FREQUENCIES; k++) {
    const u = k * du;
    // Characteristic function of a jump, times their number: rate/(rate ∓ iu).
    const up = (jumps * upProbability * upRate) / (upRate * upRate + u * u);
    const down = (jumps * (1 - upProbability) * downRate) / (downRate * downRate + u * u);
    const a = up * upRate + down * downRate;
    const b = (up - down) * u;
    // e^(a+ib) − 1 − (a+ib), its real part without cancellation where both are small.
    const s = Math.sin(b / 2);
    const growth = Math.exp(a);
    const x = small(a) - 2 * growth * s * s;
    const y = growth * Math.sin(b) - b;
    const size = (silence * Math.exp((-u * u * deviation * deviation) / 2) * du * (k === 0 ? 0.5 : 1)) / Math.PI;
    const angle = u * (mean - start);
    const cos = size * Math.cos(angle);
    const sin = size * Math.sin(angle);
    re[k] = cos * x - sin * y;
    im[k] = cos * y + sin * x;
  }
  fft(re, im);
  return (r) => {
    const place = (r - start) / dx;
    const i = Math.floor(place);
    // Rounding leaves some 1e-17 of either sign where there is nothing.
    return i < 2 || i > nodes - 4 ? 0 : Math.max(0, sixPoint(re, i, place - i));
  };
}

/** e^a − 1 − a. */
function small(a: number): number {
  if (Math.abs(a) > 0.01) return Math.expm1(a) - a;
  return ((a * a) / 2) * (1 + (a / 3) * (1 + (a / 4) * (1 + (a / 5) * (1 + a / 6))));
}
