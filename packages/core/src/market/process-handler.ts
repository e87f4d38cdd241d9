import type { RandomStream } from '../random/stream.ts';
import { writeGridTimes } from './grid.ts';
import type { MarketColumns, MarketDataHandler, TimeGrid } from './handler.ts';
import { type CorrelatedNormals, type PriceProcess, ProcessStreams } from './processes/process.ts';

/** The quotes of a process: its price at every step of the grid. */
export class ProcessHandler implements MarketDataHandler {
  readonly kind = 'quote';
  readonly hasVolume = false;
  readonly rows: number;
  private readonly priceProcess: PriceProcess;
  private readonly price: number;
  private readonly grid: TimeGrid;
  private readonly shocks: CorrelatedNormals | undefined;
  private readonly streams: ProcessStreams = new ProcessStreams();
  private row = 0;

  /** `shocks` replace the normals of the stream given to `begin`: correlated ones. */
  constructor(process: PriceProcess, price: number, grid: TimeGrid, shocks?: CorrelatedNormals) {
    this.priceProcess = process;
    this.price = price;
    this.grid = grid;
    this.shocks = shocks;
    this.rows = grid.steps + 1;
  }

  begin(random: RandomStream): void {
    this.row = 0;
    this.streams.begin(random, this.shocks);
    this.priceProcess.begin(this.streams);
  }

  fill(columns: MarketColumns, count: number): number {
    const n = Math.min(count, this.rows - this.row);
    if (n <= 0) return 0;
    const first = this.row === 0 ? 1 : 0;
    if (first === 1) columns.close[0] = this.price;
    this.priceProcess.advance(columns.close, first, n);
    writeGridTimes(columns.timeMs, this.grid, this.row, n);
    this.row += n;
    return n;
  }
}
