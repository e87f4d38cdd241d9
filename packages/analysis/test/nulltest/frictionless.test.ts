import { parseConfig } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { contained, frictionless } from '../../src/nulltest/frictionless.ts';
import { configWith } from './support.ts';

const config = configWith({
  markets: { A: { process: 'gbm', price: 100, volatility: 0.6, candles: { volume: { level: 10 } } } },
  antithetic: true,
  portfolio: { ruin: 0.2, sizing: { targetWeight: 0.5 } },
  execution: {
    fees: { maker: -0.0001, taker: 0.001 },
    slippage: { bps: 3 },
    spread: { bps: 4 },
    impact: { coefficient: 0.1 },
    participationRate: 0.5,
    latency: '250ms',
  },
  randomize: {
    'markets.A.volatility': { uniform: [0.1, 0.9] },
    'execution.fees.taker': { choice: [0, 0.001] },
    'execution.impact.coefficient': { choice: [0, 0.1] },
    'execution.latency': { uniform: ['0ms', '500ms'] },
    'portfolio.ruin': { uniform: [0, 0.5] },
    'portfolio.sizing': { choice: [{ targetWeight: 0.4 }, { fixedQuantity: 1 }] },
    'strategy.probability': { uniform: [0.1, 0.5] },
    steps: { integer: [20, 60] },
  },
  record: { episodes: 40, every: 2 },
  outputs: { file: {} },
});

describe('frictionless', () => {
  const fair = frictionless(config);

  it('takes out everything that costs something, and rebates', () => {
    expect(fair.execution).toEqual({
      fees: { maker: 0, taker: 0 },
      slippage: { bps: 0 },
      spread: { bps: 0 },
      impact: { coefficient: 0 },
      latency: '250ms',
      fill: 'next',
    });
  });

  it('keeps draws but those of markets, costs and ruin', () => {
    expect(Object.keys(fair.randomize)).toEqual([
      'execution.latency',
      'portfolio.sizing',
      'strategy.probability',
      'steps',
    ]);
  });

  it('keeps strategy, portfolio and length', () => {
    for (const key of ['strategy', 'portfolio', 'steps', 'seed', 'rewards'] as const)
      expect(fair[key]).toEqual(config[key]);
  });

  it('is a config', () => {
    expect(parseConfig(fair)).toEqual(fair);
  });
});

describe('contained', () => {
  it('has no effect outside of its directory', () => {
    const { outputs, antithetic, record, execution, randomize } = contained(config);
    expect(outputs).toEqual({});
    expect(antithetic).toBe(false);
    expect(record).toEqual({ episodes: 16, every: 2 });
    expect(execution).toEqual(config.execution);
    expect(randomize).toEqual(config.randomize);
  });
});
