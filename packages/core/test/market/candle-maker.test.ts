import { describe, expect, it } from 'vitest';
import type { MarketConfig } from '../../src/config/markets.ts';
import { createHandler } from '../../src/market/create.ts';
import type { MarketColumns } from '../../src/market/handler.ts';
import { expectMean } from './ensembles.ts';
import { chunkedPath, difference, hourlyGrid, path, stream, yearGrid } from './paths.ts';

const gbm = { process: 'gbm', price: 100, drift: 0, volatility: 0.8 } as const;
const STEPS = 100_000;

/** Of each candle but the first, relative to its open and in units of the step's standard deviation. */
function logCandles(columns: MarketColumns, sd: number): { h: Float64Array; l: Float64Array; c: Float64Array } {
  const { open, high, low, close } = columns;
  const relative = (column: Float64Array) => column.map((price, i) => Math.log(price / open[i]!) / sd).subarray(1);
  return { h: relative(high), l: relative(low), c: relative(close) };
}

describe('candles of a process', () => {
  it('open at the close before, and hold open and close within high and low', () => {
    const { open, high, low, close } = path(createHandler({ ...gbm, candles: true }, hourlyGrid(500)), stream(0));
    expect([open[0], high[0], low[0], close[0]]).toEqual([100, 100, 100, 100]);
    for (let i = 1; i <= 500; i++) {
      expect(open[i]).toBe(close[i - 1]);
      expect(high[i]).toBeGreaterThanOrEqual(Math.max(open[i]!, close[i]!));
      expect(low[i]).toBeLessThanOrEqual(Math.min(open[i]!, close[i]!));
    }
  });

  it('have the closes of the quotes of the same episode', () => {
    const quotes = path(createHandler(gbm, hourlyGrid(400)), stream(3));
    const candles = path(
      createHandler({ ...gbm, candles: { volume: { level: 5, elasticity: 1, noise: 1 } } }, hourlyGrid(400)),
      stream(3),
    );
    // Bit for bit, although quotes come in one piece and candles in blocks.
    expect(Array.from(candles.close)).toEqual(Array.from(quotes.close));
  });

  it('of a Brownian motion have the range, its square and the products that theory gives', () => {
    // Parkinson 1980, Garman and Klass 1980, Rogers and Satchell 1991; in units of the step's deviation, no drift of the log.
    const config: MarketConfig = { ...gbm, drift: 0.32, candles: true };
    const { h, l, c } = logCandles(
      chunkedPath(createHandler(config, yearGrid(STEPS)), stream(1), [512]),
      0.8 / Math.sqrt(STEPS),
    );
    expectMean(
      h.map((x, i) => x - l[i]!),
      Math.sqrt(8 / Math.PI),
    );
    expectMean(
      h.map((x, i) => (x - l[i]!) * (x - l[i]!)),
      4 * Math.LN2,
    );
    expectMean(
      h.map((x, i) => x * (x - c[i]!) + l[i]! * (l[i]! - c[i]!)),
      1,
    );
    expectMean(
      h.map((x, i) => x * l[i]!),
      1 - 2 * Math.LN2,
    );
    expectMean(
      h.map((x, i) => x * c[i]!),
      0.5,
    );
  });

  it('have the same extremes whether a step is one bridge or ten', () => {
    for (const substeps of [1, 10]) {
      const config: MarketConfig = { ...gbm, drift: 0.32, candles: { substeps } };
      const steps = STEPS / substeps;
      const { h, l } = logCandles(
        chunkedPath(createHandler(config, yearGrid(steps)), stream(1), [512]),
        0.8 / Math.sqrt(steps),
      );
      expectMean(
        h.map((x, i) => (x - l[i]!) * (x - l[i]!)),
        4 * Math.LN2,
      );
    }
  });

  it('of a price that may be negative come from a bridge of the price', () => {
    const config: MarketConfig = { process: 'abm', price: 1, drift: 0, volatility: 50, candles: true };
    const { open, high, low } = chunkedPath(createHandler(config, yearGrid(STEPS)), stream(2), [512]);
    const sd = 50 / Math.sqrt(STEPS);
    expectMean(high.map((x, i) => (x - low[i]!) / sd).subarray(1), Math.sqrt(8 / Math.PI));
    expect(open.some((price) => price < 0)).toBe(true);
  });

  it('come in any chunks', () => {
    const config: MarketConfig = {
      ...gbm,
      candles: { substeps: 3, volume: { level: 10, elasticity: 0.7, noise: 0.4 } },
    };
    const whole = chunkedPath(createHandler(config, hourlyGrid(700)), stream(4), [701]);
    for (const chunks of [[1], [7, 64, 65], [512]]) {
      expect(difference(chunkedPath(createHandler(config, hourlyGrid(700)), stream(4), chunks), whole)).toBeUndefined();
    }
  });

  it('have volumes that grow with the range as the elasticity says', () => {
    const volume = { level: 40, elasticity: 1.5, noise: 0.5 };
    const config: MarketConfig = { ...gbm, drift: 0.32, candles: { volume } };
    const columns = chunkedPath(createHandler(config, yearGrid(20_000)), stream(5), [512]);
    const { h, l } = logCandles(columns, 0.8 / Math.sqrt(20_000));
    const x = h.map((high, i) => Math.log((high - l[i]!) / Math.sqrt(8 / Math.PI)));
    const y = columns.volume.subarray(1).map((v) => Math.log(v / 40) + 0.125);
    // What is left of the log volume is noise·Z: mean 0, variance 0.25, and it does not depend on the range.
    const rest = y.map((value, i) => value - 1.5 * x[i]!);
    expectMean(rest, 0);
    expectMean(
      rest.map((value) => value * value),
      0.25,
    );
    expectMean(
      rest.map((value, i) => value * x[i]!),
      0,
    );
    expect(columns.volume[0]).toBe(0);
  });

  it('without volatility are lines, and have the level as volume', () => {
    const config: MarketConfig = { ...gbm, volatility: 0, candles: { volume: { level: 7, elasticity: 1, noise: 0 } } };
    const { open, high, low, close, volume } = path(createHandler(config, hourlyGrid(10)), stream(0));
    expect(Array.from(close)).toEqual(Array(11).fill(100));
    expect([Array.from(open), Array.from(high), Array.from(low)]).toEqual([
      Array(11).fill(100),
      Array(11).fill(100),
      Array(11).fill(100),
    ]);
    expect(Array.from(volume)).toEqual([0, ...Array(10).fill(7)]);
  });

  it('stay sound where the price falls to 0 and stays there, and where it starts there', () => {
    const cev = { process: 'cev', price: 100, drift: 0, volatility: 9, elasticity: 0.3 } as const;
    const volume = { level: 3, elasticity: 1, noise: 0.2 };
    const absorbed = path(createHandler({ ...cev, candles: { volume } }, yearGrid(50)), stream(0));
    expect(absorbed.close[50]).toBe(0);
    const zero = { process: 'abm', price: 0, drift: 0, volatility: 10, candles: { volume } } as const;
    for (const columns of [absorbed, path(createHandler(zero, yearGrid(50)), stream(0))]) {
      for (let i = 0; i <= 50; i++) {
        const prices = [columns.open[i]!, columns.close[i]!];
        expect(columns.high[i]).toBeGreaterThanOrEqual(Math.max(...prices));
        expect(columns.low[i]).toBeLessThanOrEqual(Math.min(...prices));
        expect(columns.volume[i]).toBeGreaterThanOrEqual(0);
        expect(columns.volume[i]).toBeLessThan(Infinity);
      }
    }
    expect(Math.min(...absorbed.low)).toBe(0);
  });
});
