import {
  defineStrategy,
  type MarketEvent,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
} from './strategy.ts';

class RandomStrategy implements Strategy {
  private readonly probability: number;
  private readonly allowShort: boolean;

  constructor(probability: number, allowShort: boolean) {
    this.probability = probability;
    this.allowShort = allowShort;
  }

  onMarket(_: MarketEvent, context: StrategyContext): void {
    const { random } = context;
    if (random.nextDouble() >= this.probability) return;
    const choice = random.integer(this.allowShort ? 3 : 2);
    context.signal(choice === 0 ? 'FLAT' : choice === 1 ? 'LONG' : 'SHORT');
  }
}

/** With `probability`, at each MARKET, a uniformly drawn LONG or FLAT (or SHORT), from its own random stream. */
export const randomStrategy: StrategyDefinition = defineStrategy({
  name: 'random',
  description: 'Draws LONG or FLAT (or SHORT) at random: the baseline any agent has to beat.',
  parameters: {
    probability: { type: 'number', minimum: 0, maximum: 1, default: 0.1, description: 'Of a new draw at each MARKET.' },
    short: { type: 'boolean', default: false, description: 'Draw SHORT too (needs portfolio.allowShort).' },
  },
  create: ({ probability, short }) => new RandomStrategy(probability, short),
}) as StrategyDefinition;
