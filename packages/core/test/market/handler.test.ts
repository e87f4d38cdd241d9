import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketConfig } from '../../src/config/schema.ts';
import { createHandler } from '../../src/market/create.ts';
import { candleSeries, chunkedPath, difference, hourlyGrid, stream } from './paths.ts';

const configs: MarketConfig[] = [
  { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 },
  { process: 'abm', price: 100, drift: 5, volatility: 30 },
  { process: 'ou', price: 100, meanReversionSpeed: 20, longRunMean: 90, volatility: 30 },
  {
    process: 'merton',
    price: 100,
    drift: 0.1,
    volatility: 0.5,
    jumpIntensity: 1000,
    jumpMean: -0.01,
    jumpDeviation: 0.02,
  },
  {
    process: 'kou',
    price: 100,
    drift: 0.1,
    volatility: 0.5,
    jumpIntensity: 50_000,
    upProbability: 0.1,
    upRate: 100,
    downRate: 150,
  },
  { process: 'variance-gamma', price: 100, drift: 0.1, volatility: 0.5, skew: -0.2, varianceRate: 0.001 },
  {
    process: 'hawkes-jumps',
    price: 100,
    drift: 0.1,
    volatility: 0.5,
    baseIntensity: 500,
    excitation: 20_000,
    decay: 30_000,
    jumpMean: -0.01,
    jumpDeviation: 0.02,
  },
  {
    process: 'gbm',
    price: 100,
    drift: [
      { from: '0h', value: 0.5 },
      { from: '90m', value: -2 },
    ],
    volatility: [
      { from: '0h', value: 0.7 },
      { from: '3d', value: 0 },
      { from: '20d', value: 1 },
    ],
  },
  {
    process: 'abm',
    price: 100,
    drift: 5,
    volatility: [
      { from: '0h', value: 30 },
      { from: '100h', value: 5 },
    ],
  },
  { process: 'exp-ou', price: 100, meanReversionSpeed: 20, longRunMean: 90, volatility: 0.8 },
  { process: 'cir', price: 100, meanReversionSpeed: 20, longRunMean: 90, volatility: 8 },
  { process: 'cir', price: 0.01, meanReversionSpeed: 20, longRunMean: 1, volatility: 12 },
  { process: 'cev', price: 100, drift: 0.1, volatility: 3, elasticity: 0.3 },
  {
    process: 'heston',
    price: 100,
    drift: 0.1,
    longRunVariance: 0.5,
    meanReversionSpeed: 20,
    volOfVol: 40,
    correlation: -0.7,
  },
  {
    process: 'heston',
    price: 100,
    drift: 0.1,
    longRunVariance: 0.5,
    meanReversionSpeed: 10_000,
    volOfVol: 50,
    correlation: 0.3,
  },
  {
    process: 'bates',
    price: 100,
    drift: 0.1,
    longRunVariance: 0.5,
    meanReversionSpeed: 20,
    volOfVol: 10,
    correlation: -0.7,
    jumpIntensity: 1000,
    jumpMean: -0.01,
    jumpDeviation: 0.02,
  },
  { process: 'garch', price: 100, drift: 0.1, volatility: 0.6, alpha: 0.1, beta: 0.85, degreesOfFreedom: 4 },
  { process: 'gjr-garch', price: 100, drift: 0.1, volatility: 0.6, alpha: 0.02, gamma: 0.1, beta: 0.9 },
  {
    process: 'regime-switching',
    price: 100,
    regimes: {
      calm: { process: 'gbm', drift: 0.1, volatility: 0.3 },
      wild: {
        process: 'bates',
        drift: 0.1,
        longRunVariance: 2,
        meanReversionSpeed: 20,
        volOfVol: 20,
        correlation: -0.7,
        jumpIntensity: 1000,
        jumpMean: -0.01,
        jumpDeviation: 0.02,
      },
      tense: { process: 'garch', drift: 0, volatility: 1, alpha: 0.1, beta: 0.85, degreesOfFreedom: 4 },
    },
    transitions: { calm: { wild: 100, tense: 300 }, wild: { calm: 500 }, tense: { wild: 400, calm: 100 } },
  },
  { process: 'fbm', price: 100, drift: 0.1, volatility: 0.5, hurst: 0.7 },
  {
    process: 'rough-volatility',
    price: 100,
    drift: 0.1,
    volatility: 0.5,
    volOfVol: 1.9,
    hurst: 0.1,
    correlation: -0.9,
  },
  { process: 'replay', file: 'candles.csv' },
  { process: 'bootstrap', file: 'candles.csv', blockLength: 6 },
  { process: 'bootstrap', file: 'candles.csv', blocks: 'circular', blockLength: 6, joint: false },
  { process: 'bootstrap', file: 'candles.csv', blocks: 'moving', blockLength: 6, joint: true },
];
const candles = candleSeries(200);

describe.each(configs)('the contract of handlers: $process', (config) => {
  it('gives the same path in any chunks', () => {
    const chunkSizes = fc.oneof(
      fc.constantFrom([1], [7], [512]),
      fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(chunkSizes, fc.nat(1200), fc.nat(1000), (chunks, steps, episode) => {
        const handler = createHandler(config, hourlyGrid(steps), { candles });
        const whole = chunkedPath(handler, stream(episode), [handler.rows]);
        expect(difference(chunkedPath(handler, stream(episode), chunks), whole)).toBeUndefined();
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('gives the same path again after begin with the same key, also out of the middle of an episode', () => {
    const handler = createHandler(config, hourlyGrid(150), { candles });
    const once = chunkedPath(handler, stream(5), [64]);
    chunkedPath(handler, stream(6), [64]);
    handler.begin(stream(7));
    handler.fill(chunkedPath(handler, stream(7), [64]), 13);
    expect(difference(chunkedPath(handler, stream(5), [64]), once)).toBeUndefined();
  });

  it('writes nothing beyond the rows it returns, and nothing for a count of 0', () => {
    const handler = createHandler(config, hourlyGrid(9), { candles });
    handler.begin(stream(0));
    const columns = chunkedPath(createHandler(config, hourlyGrid(19), { candles }), stream(0), [20]);
    for (const column of Object.values(columns)) column.fill(-1);
    expect(handler.fill(columns, 0)).toBe(0);
    expect(handler.fill(columns, 20)).toBe(10);
    for (const column of Object.values(columns)) expect(Array.from(column.subarray(10))).toEqual(Array(10).fill(-1));
    if (!handler.hasVolume) expect(Array.from(columns.volume)).toEqual(Array(20).fill(-1));
    expect(handler.fill(columns, 20)).toBe(0);
  });
});
