import { parseConfig } from '@ergodic/core';
import type { Subject } from '../subject.ts';
import { pulse } from './pulse.ts';
import quoter from './quoter.ts';

const STEPS = 10_000;

/** The second episode: what users add. bench/c/second.c has the same numbers as constants. */
export const second: Subject = {
  name: 'second',
  title: 'two GBM, a strategy file with resting limit orders, three rewards, a custom event every 100 steps',
  config: parseConfig({
    seed: 'bench',
    steps: STEPS,
    interval: '10m',
    markets: {
      'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 },
      'ETH/USDT': { process: 'gbm', price: 2_000, drift: 0.1, volatility: 0.9 },
    },
    strategy: { use: './quoter.ts' },
    components: [{ use: './pulse.ts', every: 100 }],
    portfolio: { cash: 10_000 },
    execution: { fees: { maker: 0.0002, taker: 0.001 }, slippage: { bps: 5 } },
    rewards: [
      { use: 'log-return' },
      { use: 'drawdown', scale: 0.01 },
      { use: 'order-frequency', window: 50, limit: 10, scale: 0.001 },
    ],
  }),
  parts: { strategies: { './quoter.ts': quoter }, components: { './pulse.ts': pulse } },
  unit: 'instrument step',
  rows: STEPS * 2,
};
