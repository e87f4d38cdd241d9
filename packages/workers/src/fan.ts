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
  private readonly cash: number;
  private readonly counts = new Map<number, number>();
  private at = 0;
  private lastBin = 0;

  constructor(points: readonly number[], cash: number) {
    this.points = points;
    this.cash = cash;
  }

  begin(): void {
    this.at = 0;
    this.lastBin = 0;
  }

  steps(columns: StepColumns, from: number, to: number): void {
    const { points } = this;
    const { base, equity } = columns;
    while (this.at < points.length && points[this.at]! <= base + to) {
      const slot = points[this.at]! - base;
      if (slot >= from) this.add(this.binOf(equity[slot]!));
      this.at++;
    }
    this.lastBin = this.binOf(equity[to]!);
  }

  end(): void {
    while (this.at < this.points.length) {
      this.add(this.lastBin);
      this.at++;
    }
  }

  /** Columns: index of the point, bin, count. */
  take(): Float64Array[] {
    const keys = [...this.counts.keys()].sort((a, b) => a - b);
    return [
      Float64Array.from(keys, (key) => Math.floor(key / STRIDE)),
      Float64Array.from(keys, (key) => (key % STRIDE) - OFFSET),
      Float64Array.from(keys, (key) => this.counts.get(key)!),
    ];
  }

  private binOf(equity: number): number {
    return Math.round(Math.log(Math.max(equity / this.cash, LOWEST)) / LOG_GAMMA);
  }

  private add(bin: number): void {
    const key = this.at * STRIDE + bin + OFFSET;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}
