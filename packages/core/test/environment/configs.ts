import { type Config, parseEnvironmentConfig } from '../../src/index.ts';

const GBM = { process: 'gbm', price: 100, drift: 0.1, volatility: 1 };
export const ONE = { A: GBM };
export const TWO = { A: GBM, B: { ...GBM, price: 50 } };

/** Features of every kind: of prices, of the account, of a random stream, of what came before. */
export const FEATURES = [
  { use: 'returns', count: 3, normalize: 'running', clip: 4 },
  { use: 'moving-average', window: 5 },
  { use: 'volatility', window: 5 },
  { use: 'position' },
  { use: 'equity' },
  { use: 'time' },
  { use: 'prediction', lags: 2 },
  { use: 'noise' },
];

/** A config with costs, one market and all features. */
export function configOf(changes: object = {}): Config {
  return parseEnvironmentConfig({
    seed: 'environments',
    steps: 40,
    markets: ONE,
    portfolio: { sizing: { targetWeight: 0.95 } },
    execution: { fees: { maker: 0.0002, taker: 0.001 }, slippage: { bps: 5 } },
    rewards: [{ use: 'log-return' }, { use: 'order-frequency', window: 10, limit: 2, scale: 0.01 }],
    environment: { observations: FEATURES },
    ...changes,
  });
}
