import {
  compareFacts,
  type FactComparison,
  measureFacts,
  quantileOf,
  type Resamples,
  ReturnSample,
  resampleFacts,
} from '@ergodic/calibration';
import { type MarketPaths, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { UsageError } from '../config/errors.ts';
import type { FanPoint } from '../report/data/fan.ts';
import { fanOf, spreadRows } from './ensemble.ts';
import { outcomesOf } from './paths-of.ts';

const RESAMPLES = 400;
const CURVE_POINTS = 400;
const FAN_ROWS = 160;
/** Probabilities of the quantiles that are held against each other; the tails get more of them. */
const PROBABILITIES = [
  0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4,
  0.45,
];
const LEVELS: readonly number[] = [...PROBABILITIES, 0.5, ...PROBABILITIES.map((p) => 1 - p).reverse()];

/** A value of the history beside the middle 95 % of the simulated ones. */
export interface Beside {
  readonly x: number;
  readonly real: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** What a page shows of a history and simulated paths of its length. */
export interface Comparison {
  readonly facts: readonly FactComparison[];
  /** Mean length of the bootstrap's blocks, in returns; NaN where the history does not move. */
  readonly blockLength: number;
  readonly returns: number;
  readonly paths: number;
  readonly failed: number;
  readonly failure: string | undefined;
  /** Autocorrelations by lag. */
  readonly autocorrelation: readonly Beside[];
  readonly absoluteAutocorrelation: readonly Beside[];
  /** Quantiles of the returns, `x` their probability; without those that the history is too short for. */
  readonly quantiles: readonly Beside[];
  /** Prices over the first one. */
  readonly fan: readonly FanPoint[];
  readonly history: readonly { readonly timeMs: number; readonly value: number }[];
}

/** Holds a history against episodes 0 … n − 1 of a market. Throws UsageError where their paths are of another length. */
export function compareWithPaths(
  close: Float64Array,
  markets: MarketPaths,
  symbol: string,
  n: number,
  seed: string,
): Comparison {
  const { stepsPerYear, intervalMs } = markets;
  const real = ReturnSample.ofPrices(close, stepsPerYear);
  const levels = LEVELS.filter((p) => Math.min(p, 1 - p) * real.returns.length >= 1);
  const rows = spreadRows(close.length, FAN_ROWS);
  const measures: Float64Array[] = [];
  const simulated = { acf: [] as Float64Array[], absolute: [] as Float64Array[], quantiles: [] as Float64Array[] };
  const curves: Float64Array[] = [];
  let failed = 0;
  let failure: string | undefined;
  for (const outcome of outcomesOf(markets, n)) {
    const path = outcome.paths?.find((one) => one.symbol === symbol);
    if (path === undefined) {
      failed++;
      failure ??= `episode ${outcome.episode}: ${outcome.failure}`;
      continue;
    }
    if (path.close.length !== close.length) {
      const given = `${path.close.length} prices where the file has ${close.length}`;
      throw new UsageError(
        `${symbol}: simulated paths must be as long as the history, they have ${given}; shorten the file`,
      );
    }
    const sample = ReturnSample.ofPrices(path.close, stepsPerYear);
    measures.push(measureFacts(sample));
    simulated.acf.push(sample.correlogram.upTo(sample.lags));
    simulated.absolute.push(sample.absoluteCorrelogram.upTo(sample.lags));
    simulated.quantiles.push(quantilesOf(sample, levels));
    curves.push(Float64Array.from(rows, (row) => path.close[row]! / path.close[0]!));
  }
  const resamples = resampled(real, seed);
  const lags = Array.from({ length: real.lags }, (_, i) => i + 1);
  const times = Float64Array.from(rows, (row) => row * intervalMs);
  return {
    facts: compareFacts(measureFacts(real), measures, resamples),
    blockLength: resamples.blockLength,
    returns: real.returns.length,
    paths: measures.length,
    failed,
    failure,
    autocorrelation: beside(lags, lags, real.correlogram.upTo(real.lags), simulated.acf),
    absoluteAutocorrelation: beside(lags, lags, real.absoluteCorrelogram.upTo(real.lags), simulated.absolute),
    quantiles: beside(
      levels,
      levels.map((_, i) => i),
      quantilesOf(real, levels),
      simulated.quantiles,
    ),
    fan: curves.length === 0 ? [] : fanOf(curves, times),
    history: spreadRows(close.length, CURVE_POINTS).map((row) => ({
      timeMs: row * intervalMs,
      value: close[row]! / close[0]!,
    })),
  };
}

/** The bootstrap follows from the seed too. */
function resampled(real: ReturnSample, seed: string): Resamples {
  return resampleFacts(real, RESAMPLES, new RandomStream(substreamKey(rootKey(seed), 0, 'stylized')));
}

function quantilesOf({ sorted }: ReturnSample, levels: readonly number[]): Float64Array {
  return Float64Array.from(levels, (p) => quantileOf(sorted, p));
}

function beside(
  xs: readonly number[],
  places: readonly number[],
  real: Float64Array,
  simulated: readonly Float64Array[],
): Beside[] {
  return xs.flatMap((x, i) => {
    const place = places[i]!;
    const values = Float64Array.from(simulated, (one) => one[place]!)
      .filter(Number.isFinite)
      .sort();
    if (values.length === 0 || !Number.isFinite(real[place]!)) return [];
    const [low, middle, high] = [0.025, 0.5, 0.975].map((p) => quantileOf(values, p)) as [number, number, number];
    return [{ x, real: real[place]!, low, middle, high }];
  });
}
