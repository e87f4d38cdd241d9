import { parseConfig } from '@ergodic/core';
import type { Subject } from './subject.ts';

const STEPS = 10_000;

/** The reference episode; bench/c/reference.c has the same numbers as constants. */
export const reference: Subject = {
  name: 'reference',
  title: 'GBM, SMA 10/50 cross, 0.95 target weight, 10 bp fee, 5 bp slippage, log return',
  config: parseConfig({
    seed: 'bench',
    steps: STEPS,
    interval: '1h',
    markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 } },
    strategy: { use: 'sma-cross', fast: 10, slow: 50 },
    portfolio: { cash: 10_000, sizing: { targetWeight: 0.95 } },
    execution: { fees: { taker: 0.001 }, slippage: { bps: 5 } },
    rewards: [{ use: 'log-return' }],
  }),
  parts: {},
  unit: 'step',
  rows: STEPS,
};
