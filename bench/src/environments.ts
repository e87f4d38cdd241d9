import { defineStrategy, parseEnvironmentConfig, RandomStream, type StrategyDefinition } from '@ergodic/core';
import { reference } from './reference.ts';
import type { Subject } from './subject.ts';

const { markets, portfolio, execution, rewards, seed, steps, interval } = reference.config;

/** Ten numbers: what an agent on one market usually looks at. */
const OBSERVATIONS = [
  { use: 'returns', count: 4 },
  { use: 'moving-average', window: 10 },
  { use: 'moving-average', window: 50 },
  { use: 'volatility', window: 20 },
  { use: 'position' },
  { use: 'equity' },
  { use: 'time' },
];
/** Place of the two moving averages in an observation. */
export const FAST = 4;
export const SLOW = 5;

/** The reference episode's market, costs and rewards, as an environment with Discrete(3) and ten features. */
export const environmentConfig: ReturnType<typeof parseEnvironmentConfig> = parseEnvironmentConfig({
  seed,
  steps,
  interval,
  markets,
  portfolio,
  execution,
  rewards,
  environment: { observations: OBSERVATIONS },
});

/** A uniformly drawn action, 0, 1 or 2. */
export function drawAction(random: RandomStream): number {
  return Math.floor(3 * random.nextDouble());
}

/** The strategy of `ergodic run` that takes the decisions of a random agent, without observations. */
const randomActions: StrategyDefinition = defineStrategy({
  name: 'random-actions',
  parameters: {},
  create() {
    const random = new RandomStream([1, 2, 3, 4]);
    return {
      onMarket: (_, context) => {
        const action = drawAction(random);
        const isLong = context.position() > 0;
        if (action === 2 && !isLong) context.signal('LONG');
        if (action === 0 && isLong) context.signal('FLAT');
      },
    };
  },
}) as StrategyDefinition;

/** `ergodic run` with a random agent's decisions on the reference market. */
export const randomRun: Subject = {
  ...reference,
  name: 'random-actions',
  title: 'GBM, random actions, costs as in reference',
  config: { ...reference.config, strategy: { use: 'random-actions' } },
  parts: { strategies: { 'random-actions': randomActions } },
};
