import type { StepColumns } from '@ergodic/core';

/** Relative error of a quantile of the equity fan. */
export const FAN_ERROR = 0.0025;

const LOG_GAMMA = Math.log((1 + FAN_ERROR) / (1 - FAN_ERROR));
/** Equity below this part of the initial counts as this part. */
const LOWEST = 1e-6;
const POINTS = 120;
const STRIDE = 65_536;
const OFFSET = 32_768;

/** The steps at which the fan is drawn: at most 121, the first and the last included. */
export function fanSteps(steps: number): number[] {
  const points = Math.min(steps, POINTS);
  const all = Array.from({ length: points + 1 }, (_, i) => (points === 0 ? 0 : Math.round((i * steps) / points)));
  return [...new Set(all)];
}

/** Middle of a bin, as a multiple of the initial equity. */
export function fanValue(bin: number): number {
  return Math.exp(bin * LOG_GAMMA);
}

/**
 * Counts of equity by point in time and by logarithmic bin (the idea of DDSketch, Masson et al. 2019): counts are whole
 * numbers, so batches merge to the same fan in any order, and a quantile is within FAN_ERROR of the exact one. An episode
 * that ended early keeps its last equity.
 */
export class FanCounts {
  private readonly points: readonly number[];
  /** One key, of point and bin, for every point of every episode that ended. */
  private keys = new Int32Array(1_024);
  private length = 0;
  /** Keys of the episode under way. They count when it ends: one that fails has no figures. */
  private readonly pending: Int32Array;
  private at = 0;
  private lastBin = 0;

  constructor(points: readonly number[]) {
    this.points = points;
    this.pending = new Int32Array(points.length);
  }

  begin(): void {
    this.at = 0;
    this.lastBin = 0;
  }

  steps(columns: StepColumns, from: number, to: number): void {
    const { points } = this;
    const { base, equity, initialEquity } = columns;
    while (this.at < points.length && points[this.at]! <= base + to) {
      const slot = points[this.at]! - base;
      this.pend(slot >= from ? binOf(equity[slot]! / initialEquity) : this.lastBin);
    }
    this.lastBin = binOf(equity[to]! / initialEquity);
  }

  end(): void {
    while (this.at < this.points.length) this.pend(this.lastBin);
    if (this.length + this.at > this.keys.length) {
      const longer = new Int32Array(2 * this.keys.length + this.at);
      longer.set(this.keys);
      this.keys = longer;
    }
    this.keys.set(this.pending, this.length);
    this.length += this.at;
  }

  clear(): void {
    this.length = 0;
  }

  /** Columns: index of the point, bin, count; then there are no counts. */
  take(): Float64Array[] {
    const keys = this.keys.subarray(0, this.length).sort();
    this.length = 0;
    const firsts = keys.reduce<number[]>((found, key, i) => {
      if (key !== keys[i - 1]) found.push(i);
      return found;
    }, []);
    return [
      Float64Array.from(firsts, (i) => Math.floor(keys[i]! / STRIDE)),
      Float64Array.from(firsts, (i) => (keys[i]! % STRIDE) - OFFSET),
      Float64Array.from(firsts, (i, j) => (firsts[j + 1] ?? keys.length) - i),
    ];
  }

  private pend(bin: number): void {
    this.pending[this.at] = this.at * STRIDE + bin + OFFSET;
    this.at++;
  }
}

/** The bin of a multiple of the initial equity. */
function binOf(multiple: number): number {
  return Math.min(Math.round(Math.log(Math.max(multiple, LOWEST)) / LOG_GAMMA), OFFSET - 1);
}
