import { ConfigError } from '../config/errors.ts';
import type { MarketOf } from '../config/markets.ts';
import type { RandomStream } from '../random/stream.ts';
import { writeGridTimes } from './grid.ts';
import type { CandleSeries, MarketColumns, MarketDataHandler, TimeGrid } from './handler.ts';
import { PermutedBlocks } from './permuted-blocks.ts';

type BootstrapConfig = Pick<MarketOf<'bootstrap'>, 'price' | 'blockLength'> &
  Partial<Pick<MarketOf<'bootstrap'>, 'blocks'>>;

/**
 * Block bootstrap of the candles of a history: blocks of consecutive candles.
 *
 * - stationary (Politis and Romano 1994, "The stationary bootstrap"): starts uniform, lengths geometric with mean
 *   `blockLength`; a block goes on from the last candle to the first.
 * - circular (Politis and Romano 1992, "A circular block-resampling procedure for stationary data"): starts uniform,
 *   all lengths `blockLength`; a block goes on from the last candle to the first.
 * - moving (Künsch 1989, "The jackknife and the bootstrap for general stationary observations"): starts uniform on those
 *   from which `blockLength` candles are left. Candles near the ends are in fewer blocks, so the mean return is not quite
 *   the history's.
 * - permuted: the history is cut into blocks of `blockLength`, the last one perhaps shorter, and each is used once before any is
 *   used again. Without replacement: as many steps as the history has end at its last price.
 *
 * Candle i contributes its prices relative to the close before it, and its volume. The first candle has no close before
 * it, so i runs over 1 … n − 1, and a block goes on from n − 1 to 1. A candle after a gap is one like the others: its
 * return spans the gap.
 *
 * Throws ConfigError unless there are two candles, all prices are positive and finite, and a block of fixed length is
 * no longer than the history.
 */
export class BootstrapHandler implements MarketDataHandler {
  readonly kind = 'candle';
  readonly hasVolume: boolean;
  readonly rows: number;
  private readonly grid: TimeGrid;
  private readonly candles: CandleSeries;
  private readonly price: number;
  /** How many candles a block may start at. */
  private readonly starts: number;
  /** Candles after the first of a block, where that is fixed. */
  private readonly rest: number | undefined;
  /** −ln(1 − 1/blockLength): the rate at which blocks of random length end. */
  private readonly endRate: number;
  /** Of blocks that are each used once. */
  private readonly permuted: PermutedBlocks | undefined;
  private readonly blockLength: number;
  private random!: RandomStream;
  private row = 0;
  private last = 0;
  /** The candle used last, and how many more of its block are to come. */
  private source = 0;
  private left = 0;

  constructor(config: BootstrapConfig, grid: TimeGrid, candles: CandleSeries) {
    const { blocks = 'stationary', blockLength } = config;
    checkSource(candles);
    if (blocks !== 'stationary') checkBlock(blockLength, candles.close.length - 1);
    this.hasVolume = candles.volume.length > 0;
    this.rows = grid.steps + 1;
    this.grid = grid;
    this.candles = candles;
    this.price = config.price ?? candles.close[0]!;
    this.starts = candles.close.length - (blocks === 'moving' ? blockLength : 1);
    this.rest = blocks === 'stationary' ? undefined : blockLength - 1;
    this.endRate = -Math.log1p(-1 / blockLength);
    this.blockLength = blockLength;
    if (blocks === 'permuted') this.permuted = new PermutedBlocks(Math.ceil(this.starts / blockLength));
  }

  begin(random: RandomStream): void {
    this.random = random;
    this.row = 0;
    this.last = this.price;
    this.left = 0;
    this.permuted?.begin();
  }

  fill(columns: MarketColumns, count: number): number {
    const n = Math.min(count, this.rows - this.row);
    if (n <= 0) return 0;
    const { open, high, low, close, volume } = this.candles;
    let i = 0;
    if (this.row === 0) {
      columns.open[0] = columns.high[0] = columns.low[0] = columns.close[0] = this.price;
      if (this.hasVolume) columns.volume[0] = 0;
      i = 1;
    }
    let price = this.last;
    for (; i < n; i++) {
      const source = this.nextSource();
      const scale = price / close[source - 1]!;
      price = close[source]! * scale;
      columns.open[i] = open[source]! * scale;
      columns.high[i] = high[source]! * scale;
      columns.low[i] = low[source]! * scale;
      columns.close[i] = price;
      if (this.hasVolume) columns.volume[i] = volume[source]!;
    }
    this.last = price;
    writeGridTimes(columns.timeMs, this.grid, this.row, n);
    this.row += n;
    return n;
  }

  private nextSource(): number {
    const last = this.candles.close.length - 1;
    if (this.left > 0) {
      this.left--;
      this.source = this.source === last ? 1 : this.source + 1;
    } else if (this.permuted !== undefined) {
      this.source = 1 + this.permuted.next(this.random) * this.blockLength;
      this.left = Math.min(this.blockLength - 1, last - this.source);
    } else {
      this.source = 1 + this.random.integer(this.starts);
      // The integer part of an exponential is geometric: the candles after the block's first.
      this.left = this.rest ?? Math.floor(this.random.exponential() / this.endRate);
    }
    return this.source;
  }
}

/** A longer block would repeat what is in it already, or not fit at all. */
function checkBlock(blockLength: number, returns: number): void {
  if (blockLength <= returns) return;
  throw new ConfigError([
    {
      path: ['blockLength'],
      rule: `must be at most the number of returns in the history, ${returns}`,
      received: blockLength,
      hint: `set blockLength: ${returns} or less, or blocks: stationary, or give a longer file`,
    },
  ]);
}

/** Series that passed: where the length of blocks is drawn, each episode has a handler of its own. */
const checkedSeries = new WeakSet<CandleSeries>();

function checkSource(candles: CandleSeries): void {
  if (checkedSeries.has(candles)) return;
  const { open, high, low, close } = candles;
  if (close.length < 2) {
    throw new ConfigError([
      { path: ['file'], rule: 'a bootstrap needs a file of at least 2 candles', received: close.length },
    ]);
  }
  for (let i = 0; i < close.length; i++) {
    for (const price of [open[i]!, high[i]!, low[i]!, close[i]!]) {
      if (price > 0 && price < Infinity) continue;
      throw new ConfigError([
        { path: ['file'], rule: `prices must be positive and finite (candle ${i}, counted from 0)`, received: price },
      ]);
    }
  }
  checkedSeries.add(candles);
}
