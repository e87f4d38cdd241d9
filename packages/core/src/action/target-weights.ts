import type { ActionScheme, ActionSetup, Actor } from './scheme.ts';
import type { Space } from './space.ts';

/**
 * The weight of each symbol in the equity, from 0 (with shorts: -maxLeverage) to maxLeverage. Every decision rebalances,
 * unless the weight that is held differs from the target by `tolerance` or less.
 */
export class TargetWeightActions implements ActionScheme {
  readonly space: Space;
  private readonly tolerance: number;

  constructor({ symbols, allowShort, maxLeverage }: ActionSetup, tolerance: number) {
    this.tolerance = tolerance;
    const ends = (value: number): Float32Array => new Float32Array(symbols.length).fill(value);
    const low = ends(allowShort ? -maxLeverage : 0);
    this.space = { type: 'box', shape: [symbols.length], low, high: ends(maxLeverage) };
  }

  apply(values: ArrayLike<number>, at: number, actor: Actor): void {
    const { symbols } = actor;
    for (let i = 0; i < symbols.length; i++) {
      const symbol = symbols[i]!;
      const price = actor.price(symbol);
      if (Number.isNaN(price)) continue;
      const target = values[at + i]!;
      const held = (actor.position(symbol) * price) / actor.equity;
      if (Math.abs(target - held) > this.tolerance) actor.signal(target, { symbol });
    }
  }
}
