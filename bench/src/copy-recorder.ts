import type { FillEvent, Recorder, StepColumns } from '@ergodic/core';

/** Keeps every step and every fill of one episode in memory: what a recorder must do at least. */
export class CopyRecorder implements Recorder {
  private readonly columns: Float64Array[];
  private readonly fills: { readonly step: number; readonly fill: FillEvent }[] = [];
  private length = 0;

  constructor(symbols: number, rewards: number) {
    // time, equity, gross, total reward; then the prices, then the rewards
    this.columns = Array.from({ length: 4 + symbols + rewards }, () => new Float64Array(1024));
  }

  begin(): void {
    this.length = 0;
    this.fills.length = 0;
  }

  steps(steps: StepColumns, from: number, to: number, total: Float64Array, rewards: readonly Float64Array[]): void {
    const { timeMs, equity, gross, price } = steps;
    const sources = [timeMs, equity, gross, total, ...price, ...rewards];
    if (this.length + to - from + 1 > this.columns[0]!.length) this.grow();
    // Step 0 comes without rewards: there `sources` is shorter.
    for (let i = 0; i < sources.length; i++) this.columns[i]!.set(sources[i]!.subarray(from, to + 1), this.length);
    this.length += to - from + 1;
  }

  fill(fill: FillEvent, step: number): void {
    this.fills.push({ step, fill });
  }

  private grow(): void {
    for (let i = 0; i < this.columns.length; i++) {
      const longer = new Float64Array(2 * this.columns[i]!.length);
      longer.set(this.columns[i]!);
      this.columns[i] = longer;
    }
  }
}
