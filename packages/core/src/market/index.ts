export { BootstrapHandler } from './bootstrap.ts';
export type { CandleNotice, CandleProblem, RawCandle } from './candles.ts';
export { buildCandles, CandleError } from './candles.ts';
export { createHandler, createProcess, type MarketInputs } from './create.ts';
export type { CandleSeries, MarketColumns, MarketDataHandler, TimeGrid } from './handler.ts';
export { ProcessHandler } from './process-handler.ts';
export { type NormalSource, type PriceProcess, ProcessStreams } from './processes/process.ts';
export { ReplayHandler } from './replay.ts';
export { parseTimeMs } from './time.ts';
