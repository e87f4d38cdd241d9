import { type Config, parseEnvironmentConfig } from '@ergodic/core';

export const OBSERVATIONS = 5;

/** A small market to act in: five numbers to see, three things to do, episodes of twenty decisions. */
export function environmentConfig(changes: Readonly<Record<string, unknown>> = {}): Config {
  return parseEnvironmentConfig({
    seed: 'rllib-tests',
    episodes: 1,
    steps: 20,
    markets: { COIN: { process: 'gbm', price: 100, drift: 0, volatility: 2 } },
    environment: { observations: [{ use: 'returns', count: 4 }, { use: 'position' }] },
    rewards: [{ use: 'log-return' }],
    ...changes,
  });
}
