import { configJsonSchema, type MarketConfig, parseConfig } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { marketInWords } from '../../src/report/words.ts';

const JUMPS = { jumpIntensity: 12, jumpMean: -0.02, jumpDeviation: 0.05 };
const VARIANCE = { longRunVariance: 0.49, meanReversionSpeed: 3, volOfVol: 1.2, correlation: -0.5 };
const GARCH = { volatility: 0.8, alpha: 0.05, beta: 0.9 };

/** A market of each process, with the sentence it is told in. */
const SENTENCES: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['gbm', { drift: 0.2, volatility: 0.7 }, 'geometric Brownian motion from 100, drift 20 % and volatility 70 % a year'],
  [
    'gbm',
    {
      volatility: [
        { from: '0h', value: 0.7 },
        { from: '30d', value: 0.9 },
      ],
      candles: true,
    },
    'geometric Brownian motion from 100, drift 0 % and volatility 70 % … 90 % (in 2 stages) a year; candles',
  ],
  ['abm', { volatility: 5 }, 'arithmetic Brownian motion from 100, drift 0 and volatility 5 (price units) a year'],
  [
    'ou',
    { longRunMean: 90, meanReversionSpeed: 2, volatility: 5 },
    'Ornstein–Uhlenbeck process from 100 around 90, mean reversion speed 2 and volatility 5 (price units) a year',
  ],
  [
    'exp-ou',
    { longRunMean: 90, meanReversionSpeed: 2, volatility: 0.5 },
    'exponential Ornstein–Uhlenbeck process from 100 around 90, mean reversion speed 2 and volatility 50 % a year',
  ],
  [
    'cir',
    { longRunMean: 90, meanReversionSpeed: 2, volatility: 0.5 },
    'square-root process (CIR) from 100 around 90, mean reversion speed 2 and volatility 0.5 √price a year',
  ],
  [
    'cev',
    { elasticity: 0.5, volatility: 0.3 },
    'constant elasticity of variance from 100, elasticity 0.5, drift 0 % and volatility 30 % a year at the initial price',
  ],
  [
    'merton',
    { volatility: 0.5, ...JUMPS },
    'Merton’s jump diffusion from 100, drift 0 % and volatility 50 % a year, and 12 jumps a year; log jumps have mean −0.02 and deviation 0.05',
  ],
  [
    'kou',
    { volatility: 0.5, jumpIntensity: 12, upProbability: 0.4, upRate: 25, downRate: 20 },
    'Kou’s jump diffusion from 100, drift 0 % and volatility 50 % a year, and 12 jumps a year, 40 % of them upwards, by 4.0 % (up) or 5.0 % (down) on average',
  ],
  [
    'variance-gamma',
    { volatility: 0.5, skew: -0.1, varianceRate: 0.02 },
    'variance gamma process from 100, drift 0 % and volatility 50 % a year, skew −0.1 and variance rate 0.02 years',
  ],
  [
    'heston',
    { ...VARIANCE, initialVariance: 0.25 },
    'Heston’s stochastic volatility from 100, drift 0 % and volatility from 50.0 % around 70.0 % a year, mean reversion speed 3, volatility of variance 1.2 and correlation −0.5',
  ],
  [
    'bates',
    { ...VARIANCE, ...JUMPS },
    'Bates’ stochastic volatility with jumps from 100, drift 0 % and volatility around 70.0 % a year, mean reversion speed 3, volatility of variance 1.2 and correlation −0.5, and 12 jumps a year; log jumps have mean −0.02 and deviation 0.05',
  ],
  [
    'garch',
    GARCH,
    'GARCH(1,1) from 100, drift 0 % and volatility 80 % a year in the long run, alpha 0.05 and beta 0.9, normal shocks',
  ],
  [
    'gjr-garch',
    { ...GARCH, gamma: 0.04, degreesOfFreedom: 5 },
    'GJR-GARCH(1,1) from 100, drift 0 % and volatility 80 % a year in the long run, alpha 0.05, gamma 0.04 and beta 0.9, Student-t shocks of 5 degrees of freedom',
  ],
  [
    'fbm',
    { volatility: 0.5, hurst: 0.6 },
    'exponential of fractional Brownian motion from 100, Hurst exponent 0.6, drift 0 % and volatility 50 % a year',
  ],
  [
    'rough-volatility',
    { volatility: 0.5, volOfVol: 1.9, hurst: 0.1, correlation: -0.7 },
    'rough Bergomi model from 100, drift 0 % and volatility 50 % a year, roughness 0.1, volatility of volatility 1.9 and correlation −0.7',
  ],
  [
    'hawkes-jumps',
    { volatility: 0.5, baseIntensity: 10, excitation: 30, decay: 60, jumpMean: -0.01, jumpDeviation: 0.03 },
    'diffusion with jumps that excite jumps (Hawkes) from 100, drift 0 % and volatility 50 % a year, and 10 jumps a year that no other caused, each causing 0.5 more on average; log jumps have mean −0.01 and deviation 0.03',
  ],
  [
    'regime-switching',
    {
      regimes: { calm: { process: 'gbm', volatility: 0.3 }, crash: { process: 'gbm', drift: -2, volatility: 1.5 } },
      transitions: { calm: { crash: 4 }, crash: { calm: 26 } },
    },
    'regimes that take turns from 100: calm (geometric Brownian motion, drift 0 % and volatility 30 % a year); crash (geometric Brownian motion, drift −200 % and volatility 150 % a year). They last on average: calm 91.3 days, crash 14 days',
  ],
];

function market(process: string, parameters: Record<string, unknown>): MarketConfig {
  const isFile = process === 'replay' || process === 'bootstrap';
  const one = { process, ...(isFile ? {} : { price: 100 }), ...parameters };
  return parseConfig({ steps: 10, markets: { X: one }, strategy: { use: 'random' } }).markets.X!;
}

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('marketInWords', () => {
  it.each(SENTENCES)('tells what %s is', (process, parameters, sentence) => {
    expect(plain(marketInWords(market(process, parameters)))).toBe(sentence);
  });

  it('tells how the candles of a file are used', () => {
    expect(marketInWords(market('replay', { file: 'a/b.csv' }))).toBe(
      'the candles of b.csv, the same in every episode',
    );
    expect(marketInWords(market('replay', { file: 'b.csv', start: 'random' }))).toBe(
      'the candles of b.csv, each episode from a candle of its own',
    );
    expect(marketInWords(market('bootstrap', { file: 'b.csv', blockLength: 12 }))).toBe(
      'stationary block bootstrap of the candles of b.csv, mean block 12 candles',
    );
    expect(marketInWords(market('bootstrap', { file: 'b.csv', blocks: 'circular', joint: true, price: 7 }))).toBe(
      'circular block bootstrap of the candles of b.csv from 7, blocks of 24 candles, in step with the other joint markets',
    );
    expect(marketInWords(market('bootstrap', { file: 'b.csv', blocks: 'permuted', blockLength: 1 }))).toBe(
      'the candles of b.csv in random order, each once, blocks of 1 candles',
    );
  });

  it('has a sentence for every process of the config', () => {
    const schema = JSON.stringify(configJsonSchema());
    const known = [...schema.matchAll(/"process":\{"type":"string","const":"([\w-]+)"\}/g)].map(([, name]) => name!);
    const told = [...SENTENCES.map(([name]) => name), 'replay', 'bootstrap'];
    expect(known.length).toBeGreaterThan(15);
    expect(new Set(told)).toEqual(new Set(known));
  });
});
