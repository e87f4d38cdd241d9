import type { TimeGrid } from '../handler.ts';
import type { CompoundPoisson } from './compound-poisson.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';

/**
 * Geometric Brownian motion plus independent kinds of log jumps at Poisson times, sampled exactly: the sum of a step's
 * jumps is independent of its diffusion. E[S_T] = S₀·exp(drift·T): the compensation of the jumps is in the drift.
 *
 * Each step takes one of the shocks; the i-th kind of jumps has the i-th extra stream.
 */
export abstract class JumpDiffusion extends LogProcess {
  override readonly bridge: PriceProcess['bridge'];
  readonly stepDeviation: number;
  private readonly meanPerStep: number;
  private readonly sdPerStep: number;
  private readonly jumps: readonly CompoundPoisson[];
  private shocks!: NormalSource;

  constructor(
    { drift, volatility }: { readonly drift: number; readonly volatility: number },
    jumps: readonly CompoundPoisson[],
    price: number,
    grid: TimeGrid,
  ) {
    super(price);
    let mean = (drift - (volatility * volatility) / 2) / grid.stepsPerYear;
    let variance = (volatility * volatility) / grid.stepsPerYear;
    this.sdPerStep = volatility * Math.sqrt(1 / grid.stepsPerYear);
    for (const jump of jumps) {
      mean -= jump.compensationPerStep;
      variance += jump.variancePerStep;
    }
    this.jumps = jumps;
    this.meanPerStep = mean;
    this.stepDeviation = Math.sqrt(variance);
    this.bridge = jumps.every((jump) => jump.isEmpty) ? 'log' : 'none';
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    // From the last one: all extras are there before the first is drawn from.
    for (let i = this.jumps.length - 1; i >= 0; i--) this.jumps[i]!.begin(streams.extra(i));
  }

  protected walk(out: Float64Array, from: number, to: number, x: number, variances?: Float64Array): number {
    // One column is in turn the normals, the returns of the steps and their sums.
    this.shocks.fillNormal(out, from, to);
    affine(out, from, to, this.meanPerStep, this.sdPerStep);
    for (const jump of this.jumps) jump.addTo(out, from, to);
    if (variances !== undefined) variances.fill(this.sdPerStep * this.sdPerStep, from, to);
    return accumulate(out, from, to, x);
  }
}

/** Replaces each element z by `mean` + `deviation`·z. */
export function affine(column: Float64Array, from: number, to: number, mean: number, deviation: number): void {
  for (let i = from; i < to; i++) column[i] = mean + deviation * column[i]!;
}

/** Replaces each element by `start` plus the sum of the elements up to it; returns the last sum. */
export function accumulate(column: Float64Array, from: number, to: number, start: number): number {
  let x = start;
  for (let i = from; i < to; i++) {
    x += column[i]!;
    column[i] = x;
  }
  return x;
}
