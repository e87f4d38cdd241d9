import { createHandler, type MarketConfig, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { fitVolume } from '../../src/fit/volume.ts';

const STEPS = 2_000;
const VOLUME = { level: 500, elasticity: 0.8, noise: 0.4 };

describe('the volume of candles', () => {
  it('gives back, within 1.96 errors in 90 of 100 samples, what simulated candles were made with', () => {
    const market: MarketConfig = { process: 'gbm', price: 100, drift: 0, volatility: 0.6, candles: { volume: VOLUME } };
    const grid = { startMs: 0, intervalMs: 86_400_000, steps: STEPS, stepsPerYear: 365 };
    const handler = createHandler(market, grid);
    const held = { level: 0, elasticity: 0, noise: 0 };
    const column = (): Float64Array => new Float64Array(STEPS + 1);
    const [timeMs, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()];
    for (let trial = 0; trial < 100; trial++) {
      handler.begin(new RandomStream(substreamKey(rootKey('volume'), trial, 'market/TEST')));
      handler.fill({ timeMs, open, high, low, close, volume }, STEPS + 1);
      const { parameters, observations } = fitVolume({ high, low, volume, stepDeviation: 0.6 / Math.sqrt(365) });
      // The first row has neither range nor volume.
      expect(observations).toBe(STEPS);
      for (const { name, value, standardError } of parameters as never[] as {
        name: keyof typeof VOLUME;
        value: number;
        standardError: number;
      }[]) {
        if (Math.abs(value - VOLUME[name]) <= 1.96 * standardError) held[name]++;
      }
    }
    for (const count of Object.values(held)) expect(count).toBeGreaterThanOrEqual(90);
  });

  const ranges = Float64Array.from({ length: 50 }, (_, i) => 0.01 + 0.001 * ((i * 7) % 11));
  const [low, high] = [ranges.map(() => 100), ranges.map((range) => 100 * Math.exp(range))];

  it('is without noise where volume follows the range exactly', () => {
    const volume = ranges.map((range) => 3 * (range / (Math.sqrt(8 / Math.PI) * 0.02)) ** 1.5);
    const { config, rSquared } = fitVolume({ high, low, volume, stepDeviation: 0.02 });
    expect(config.elasticity).toBeCloseTo(1.5, 10);
    expect(config.level).toBeCloseTo(3, 10);
    expect(config.noise).toBeCloseTo(0, 10);
    expect(rSquared).toBeCloseTo(1, 10);
  });

  it('is held at an elasticity of 0 where wide candles trade less', () => {
    const { config, remarks } = fitVolume({ high, low, volume: ranges.map((range) => 1 / range), stepDeviation: 0.02 });
    expect(config.elasticity).toBe(0);
    expect(remarks).toEqual(['wider candles trade less here: elasticity is held at 0']);
  });

  it('is refused where too few candles trade and move, or all move alike', () => {
    const zero = ranges.map(() => 0);
    expect(() => fitVolume({ high, low, volume: zero, stepDeviation: 0.02 })).toThrow(
      'needs at least 10 candles with a volume and a range, got 0',
    );
    const same = ranges.map(() => 101);
    expect(() => fitVolume({ high: same, low, volume: ranges, stepDeviation: 0.02 })).toThrow('have the same range');
  });
});
