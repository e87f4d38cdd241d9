/** Values closer to zero than this count as zero. */
const LEAST = 1e-9;
const OFFSET = 1_000_000;

/** Counts of whole-numbered bins, over the range of bins that occur. */
export class BinCounts {
  n = 0;
  private low = 0;
  private counts: Float64Array = new Float64Array(0);

  add(bin: number, count: number): void {
    const at = bin - this.low;
    if (at >= 0 && at < this.counts.length) this.counts[at]! += count;
    else {
      this.reach(bin);
      this.counts[bin - this.low]! += count;
    }
    this.n += count;
  }

  /** The bin at a quantile (the smallest that has at least this share at or below it); NaN without counts. */
  quantile(q: number): number {
    return this.at(Math.max(1, Math.ceil(q * this.n)));
  }

  /** The bin of the count with this rank, from 1; NaN where there are fewer. */
  at(rank: number): number {
    let seen = 0;
    for (let i = 0; i < this.counts.length; i++) {
      seen += this.counts[i]!;
      if (seen >= rank) return this.low + i;
    }
    return Number.NaN;
  }

  /** Calls with every bin that occurs, in order. */
  each(visit: (bin: number, count: number) => void): void {
    for (let i = 0; i < this.counts.length; i++) if (this.counts[i]! > 0) visit(this.low + i, this.counts[i]!);
  }

  private reach(bin: number): void {
    const { low, counts } = this;
    const isEmpty = counts.length === 0;
    const margin = Math.max(64, counts.length >> 1);
    const from = isEmpty ? bin - margin : Math.min(low, bin - margin);
    const to = isEmpty ? bin + margin : Math.max(low + counts.length, bin + margin);
    const wider = new Float64Array(to - from + 1);
    if (!isEmpty) wider.set(counts, low - from);
    this.low = from;
    this.counts = wider;
  }
}

/**
 * Quantiles of real numbers within a relative error, by counts of logarithmic bins on both sides of zero (DDSketch, Masson et
 * al. 2019): whole numbers, so that the order of adding changes nothing.
 */
export class Sketch {
  private readonly negative: BinCounts = new BinCounts();
  private readonly positive: BinCounts = new BinCounts();
  private readonly logGamma: number;
  private zeros = 0;

  constructor(relativeError: number) {
    // A value stands for those within half a bin on the logarithmic scale.
    this.logGamma = 2 * Math.log1p(relativeError);
  }

  get n(): number {
    return this.negative.n + this.zeros + this.positive.n;
  }

  add(value: number): void {
    if (Number.isNaN(value)) return;
    if (Math.abs(value) < LEAST) this.zeros++;
    else if (value > 0) this.positive.add(this.binOf(value), 1);
    else this.negative.add(-this.binOf(-value), 1);
  }

  /** SQL for the key of a value, as `addKey` takes it: what is stored is counted where it is. */
  keyOf(column: string): string {
    const bin = `round(ln(least(abs(${column}), 1e300)) / ${this.logGamma})`;
    return `CASE WHEN abs(${column}) < ${LEAST} THEN 0 ELSE sign(${column}) * (${bin} + ${OFFSET}) END`;
  }

  addKey(key: number, count: number): void {
    if (key === 0) this.zeros += count;
    else if (key > 0) this.positive.add(key - OFFSET, count);
    else this.negative.add(key + OFFSET, count);
  }

  quantile(q: number): number {
    const { n } = this;
    if (n === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * n));
    if (rank <= this.negative.n) return -this.valueOf(-this.negative.at(rank));
    if (rank <= this.negative.n + this.zeros) return 0;
    return this.valueOf(this.positive.at(rank - this.negative.n - this.zeros));
  }

  /** Calls with the bounds of every bin that occurs, in order. */
  each(visit: (low: number, high: number, count: number) => void): void {
    this.negative.each((bin, count) => visit(-this.valueOf(0.5 - bin), -this.valueOf(-bin - 0.5), count));
    if (this.zeros > 0) visit(0, 0, this.zeros);
    this.positive.each((bin, count) => visit(this.valueOf(bin - 0.5), this.valueOf(bin + 0.5), count));
  }

  private binOf(value: number): number {
    return Math.round(Math.log(Math.min(value, 1e300)) / this.logGamma);
  }

  private valueOf(bin: number): number {
    return Math.exp(bin * this.logGamma);
  }
}
