import type { Feature, ObservedMarket } from './feature.ts';
import type { Normalizer } from './normalizer.ts';

/** Rows that are looked at in one go. */
const LENGTH = 64;

/** A block of MARKETs, some handled and some still to come, as columns; one entry a row. */
export interface ObservedBlock {
  /** Changes with each block. */
  readonly number: number;
  readonly rows: number;
  readonly symbolIndex: Int32Array;
  /** 1 at the last row of a step. */
  readonly stepEnd: Uint8Array;
  /** Of each row, counted from the start of the block. */
  readonly rowStep: Int32Array;
  readonly columns: {
    readonly timeMs: Float64Array;
    readonly open: Float64Array;
    readonly high: Float64Array;
    readonly low: Float64Array;
    readonly close: Float64Array;
    readonly volume: Float64Array;
  };
}

/** A feature with its place in the observation. */
export interface PlacedFeature {
  readonly feature: Feature;
  readonly normalizer: Normalizer;
  readonly at: number;
  readonly size: number;
}

class Row implements ObservedMarket {
  timeMs = 0;
  step = 0;
  symbolIndex = 0;
  price = 0;
  open = 0;
  high = 0;
  low = 0;
  close = 0;
  volume = 0;

  /** Takes over a row of a block that stands at a step. */
  load({ columns, symbolIndex }: ObservedBlock, row: number, step: number): void {
    this.timeMs = columns.timeMs[row]!;
    this.step = step;
    this.symbolIndex = symbolIndex[row]!;
    this.open = columns.open[row]!;
    this.high = columns.high[row]!;
    this.low = columns.low[row]!;
    this.close = columns.close[row]!;
    this.price = this.close;
    this.volume = columns.volume[row]!;
  }
}

// Scratch of one call, shared by all observers.
const scratchRows: readonly Row[] = Array.from({ length: LENGTH }, () => new Row());

/**
 * The numbers of an observation that follow from the market alone, for some rows of a block at a time: one feature after the
 * other goes over all of them, while its state is at hand. A row's numbers are a function of the rows up to it, in whatever
 * pieces they are asked for, and none reaches an agent before its MARKET does.
 */
export class NumbersAhead {
  private readonly placed: readonly PlacedFeature[];
  /** Steps before it are no decisions: normalisation does not count them. */
  private readonly firstStep: number;
  /** Numbers of a whole observation: a row is laid out as one, with places for those of the account. */
  private readonly width: number;
  private readonly numbers: Float64Array;
  private block = -1;
  private from = 0;
  private to = 0;

  constructor(placed: readonly PlacedFeature[], width: number, firstStep: number) {
    this.placed = placed;
    this.firstStep = firstStep;
    this.width = width;
    this.numbers = new Float64Array(LENGTH * width);
  }

  begin(): void {
    this.block = -1;
  }

  /** Makes sure that the numbers of a row are there; rows come one after the other. */
  reach(block: ObservedBlock, row: number, step: number): void {
    if (this.placed.length > 0 && (block.number !== this.block || row >= this.to)) this.goOn(block, row, step);
  }

  private goOn(block: ObservedBlock, from: number, step: number): void {
    const count = Math.min(LENGTH, block.rows - from);
    this.block = block.number;
    this.from = from;
    this.to = from + count;
    const firstStep = step - block.rowStep[from]!;
    for (let i = 0; i < count; i++) scratchRows[i]!.load(block, from + i, firstStep + block.rowStep[from + i]!);
    for (let p = 0; p < this.placed.length; p++) this.lookAt(this.placed[p]!, block, count);
  }

  private lookAt({ feature, normalizer, at }: PlacedFeature, block: ObservedBlock, count: number): void {
    const { numbers, from, width } = this;
    if (feature.fill !== undefined) {
      feature.fill(scratchRows, count, numbers, at, width);
    } else {
      for (let i = 0; i < count; i++) {
        feature.onMarket?.(scratchRows[i]!);
        if (this.isDecision(block, from + i, i)) feature.write(numbers, i * width + at, null as never);
      }
    }
    if (normalizer.isPlain) return;
    for (let i = 0; i < count; i++) {
      if (this.isDecision(block, from + i, i)) normalizer.apply(numbers, i * width + at);
    }
  }

  private isDecision(block: ObservedBlock, row: number, scratchRow: number): boolean {
    return block.stepEnd[row] === 1 && scratchRows[scratchRow]!.step >= this.firstStep;
  }

  /** The row after the last whose numbers are there. */
  get reached(): number {
    return this.placed.length > 0 ? this.to : Number.POSITIVE_INFINITY;
  }

  /** Writes the numbers of a row that was reached to their places in the observation, and anything to the others. */
  write(row: number, out: Float32Array, at: number): void {
    const { numbers, width } = this;
    const from = this.placed.length > 0 ? (row - this.from) * width : 0;
    for (let i = 0; i < width; i++) out[at + i] = numbers[from + i]!;
  }
}
