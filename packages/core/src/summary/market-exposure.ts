/**
 * The part of an episode's profit that its average position explains: for each symbol the mean position over the steps x the change of the
 * price. What remains of the profit before costs is timing: when positions were larger and when smaller than on average
 * (after Brinson, Hood and Beebower 1986, who set a constant policy portfolio against what was done).
 */
export class MarketExposure {
  private readonly position: Float64Array;
  /** Sum of the positions at the marks so far, each held from its mark to the next. */
  private readonly held: Float64Array;
  /** Step up to which `held` reaches, and the position before the fills of that step. */
  private readonly reached: Float64Array;
  private readonly before: Float64Array;

  constructor(symbols: number) {
    this.position = new Float64Array(symbols);
    this.held = new Float64Array(symbols);
    this.reached = new Float64Array(symbols);
    this.before = new Float64Array(symbols);
  }

  begin(): void {
    this.position.fill(0);
    this.held.fill(0);
    this.reached.fill(0);
    this.before.fill(0);
  }

  /** A fill that the mark of this step is the first to contain; steps do not fall. */
  fill(symbolIndex: number, signedQty: number, step: number): void {
    const s = symbolIndex;
    if (step > this.reached[s]!) {
      this.held[s]! += this.position[s]! * (step - this.reached[s]!);
      this.reached[s] = step;
      this.before[s] = this.position[s]!;
    }
    this.position[s]! += signedQty;
  }

  /**
   * Over `steps` steps from `first` to `last`, the prices of each symbol; quote currency. 0 without steps. Fills behind the last
   * mark, of an episode that ended within a step, count for nothing.
   */
  pnl(steps: number, first: ArrayLike<number>, last: ArrayLike<number>): number {
    let pnl = 0;
    for (let s = 0; s < this.position.length; s++) {
      const ahead = steps - this.reached[s]!;
      const held = this.held[s]! + (ahead < 0 ? this.before[s]! : this.position[s]!) * ahead;
      if (held !== 0) pnl += (held / steps) * (last[s]! - first[s]!);
    }
    return pnl;
  }
}
