import type { CandlesConfig } from '../config/markets.ts';
import { RandomStream } from '../random/stream.ts';
import { BridgeExtremes } from './bridge.ts';
import { writeGridTimes } from './grid.ts';
import type { MarketColumns, MarketDataHandler, TimeGrid } from './handler.ts';
import { type CorrelatedNormals, type PriceProcess, ProcessStreams } from './processes/process.ts';

/** Sub-steps of a process whose path between two steps is no Brownian bridge. */
export const DEFAULT_SUBSTEPS = 16;
/** Candles that are made at once. */
const BLOCK = 64;
/** Expected range of a Brownian motion over a unit of time (Feller 1951). */
const EXPECTED_RANGE: number = Math.sqrt(8 / Math.PI);

interface VolumeConfig {
  readonly level: number;
  readonly elasticity: number;
  readonly noise: number;
}

/**
 * Candles of a process. The path of a step is simulated at `substeps` points; where the process moves like a Brownian bridge
 * between them, highest and lowest price are drawn from the bridge's law, else they are those of the points (too narrow by
 * about 0.58 standard deviations of a sub-step at either end; Broadie, Glasserman and Kou 1997).
 *
 * Volume follows the range, as both follow the flow of information (Clark 1973; Tauchen and Pitts 1983):
 * level · (range / expected range of a typical step)^elasticity · exp(noise·Z − noise²/2). The range is ln(high / low); of
 * processes whose price may be negative, (high − low) / |initial price|.
 *
 * The closes are those that the process would quote, sub-steps apart: extremes and volumes have streams of their own.
 */
export class CandleMaker implements MarketDataHandler {
  readonly kind = 'candle';
  readonly hasVolume: boolean;
  readonly rows: number;
  private readonly priceProcess: PriceProcess;
  private readonly price: number;
  private readonly grid: TimeGrid;
  private readonly shocks: CorrelatedNormals | undefined;
  readonly substeps: number;
  private readonly volume: VolumeConfig | undefined;
  /** Of a typical candle. */
  private readonly typicalRange: number;
  private readonly streams: ProcessStreams = new ProcessStreams();
  private readonly extremeStream: RandomStream = new RandomStream([1, 2, 3, 4]);
  private readonly volumeStream: RandomStream = new RandomStream([1, 2, 3, 4]);
  private readonly extremes: BridgeExtremes = new BridgeExtremes();
  private readonly points: Float64Array;
  private readonly variances: Float64Array | undefined;
  private row = 0;
  private last = 0;
  /** Extremes of the sub-step drawn last, prices. */
  private highest = 0;
  private lowest = 0;

  /** `priceProcess` moves on a grid with `substeps` times the steps of `grid`. */
  constructor(
    priceProcess: PriceProcess,
    price: number,
    grid: TimeGrid,
    { substeps, volume }: { substeps: number; volume?: VolumeConfig | undefined },
    shocks?: CorrelatedNormals,
  ) {
    this.priceProcess = priceProcess;
    this.price = price;
    this.grid = grid;
    this.shocks = shocks;
    this.substeps = substeps;
    this.volume = volume;
    this.hasVolume = volume !== undefined;
    this.rows = grid.steps + 1;
    this.points = new Float64Array(BLOCK * substeps);
    this.variances = priceProcess.bridge === 'none' ? undefined : new Float64Array(BLOCK * substeps);
    this.typicalRange = EXPECTED_RANGE * priceProcess.stepDeviation * Math.sqrt(substeps);
  }

  begin(random: RandomStream): void {
    this.row = 0;
    this.last = this.price;
    this.streams.begin(random, this.shocks);
    this.streams.after(this.extremeStream);
    this.volumeStream.jumpFrom(this.extremeStream);
    this.priceProcess.begin(this.streams);
  }

  fill(columns: MarketColumns, count: number): number {
    const n = Math.min(count, this.rows - this.row);
    if (n <= 0) return 0;
    let i = 0;
    if (this.row === 0) {
      columns.open[0] = columns.high[0] = columns.low[0] = columns.close[0] = this.price;
      if (this.hasVolume) columns.volume[0] = 0;
      i = 1;
    }
    for (; i < n; i += BLOCK) this.fillBlock(columns, i, Math.min(n, i + BLOCK));
    writeGridTimes(columns.timeMs, this.grid, this.row, n);
    this.row += n;
    return n;
  }

  private fillBlock(columns: MarketColumns, from: number, to: number): void {
    const { points, substeps } = this;
    this.priceProcess.advance(points, 0, (to - from) * substeps, this.variances);
    let at = 0;
    for (let i = from; i < to; i++) {
      const open = this.last;
      let high = open;
      let low = open;
      let price = open;
      for (let part = 0; part < substeps; part++, at++) {
        const next = points[at]!;
        high = Math.max(high, next);
        low = Math.min(low, next);
        if (this.variances !== undefined) {
          this.drawExtremes(price, next, this.variances[at]!);
          high = Math.max(high, this.highest);
          low = Math.min(low, this.lowest);
        }
        price = next;
      }
      columns.open[i] = open;
      columns.high[i] = high;
      columns.low[i] = low;
      columns.close[i] = price;
      this.last = price;
      if (this.volume !== undefined) columns.volume[i] = this.volumeOf(this.volume, high, low);
    }
  }

  private drawExtremes(price: number, next: number, variance: number): void {
    const { extremes, extremeStream } = this;
    const isLog = this.priceProcess.bridge === 'log';
    if (isLog && price > 0 && next > 0) {
      extremes.draw(extremeStream, Math.log(next / price), variance);
      this.highest = price * Math.exp(extremes.highest);
      this.lowest = price * Math.exp(extremes.lowest);
    } else {
      // A price of 0 has no logarithm: the step that leads there has its ends for extremes.
      extremes.draw(extremeStream, next - price, isLog ? 0 : variance);
      this.highest = price + extremes.highest;
      this.lowest = price + extremes.lowest;
    }
  }

  private volumeOf({ level, elasticity, noise }: VolumeConfig, high: number, low: number): number {
    const z = this.volumeStream.normal();
    const isLog = this.priceProcess.bridge !== 'price' && low > 0;
    const range = isLog ? Math.log(high / low) : (high - low) / Math.abs(this.price);
    // Without deviation there is no typical range, and without elasticity it does not matter.
    const isTypical = this.typicalRange > 0 && this.typicalRange < Number.POSITIVE_INFINITY;
    const lift = elasticity === 0 || !isTypical ? 0 : elasticity * Math.log(range / this.typicalRange);
    return level * Math.exp(lift + noise * z - (noise * noise) / 2);
  }
}

/** Sub-steps of a step: those of the config, else as many as the process needs. */
export function substepsOf(candles: CandlesConfig, priceProcess: PriceProcess): number {
  const asked = candles === true ? undefined : candles.substeps;
  return asked ?? (priceProcess.bridge === 'none' ? DEFAULT_SUBSTEPS : 1);
}
