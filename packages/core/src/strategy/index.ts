import { buyAndHold } from './buy-and-hold.ts';
import { randomStrategy } from './random.ts';
import { smaCross } from './sma-cross.ts';
import type { StrategyDefinition } from './strategy.ts';

export * from './strategy.ts';

/** The strategies that `strategy.use` knows by name. */
export const builtinStrategies: Readonly<Record<string, StrategyDefinition>> = {
  'sma-cross': smaCross,
  'buy-and-hold': buyAndHold,
  random: randomStrategy,
};
