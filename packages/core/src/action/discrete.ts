import type { ActionScheme, ActionSetup, Actor } from './scheme.ts';
import type { Space } from './space.ts';

const SELL = 0;
const BUY = 2;

/**
 * Sell (0), hold (1) or buy (2), for each symbol. Buy goes LONG by `portfolio.sizing`; sell goes FLAT, or SHORT where
 * shorts are allowed. An action that asks for the side that is held, or on its way, does nothing: it does not rebalance.
 */
export class DiscreteActions implements ActionScheme {
  readonly space: Space;
  private readonly allowShort: boolean;

  constructor({ symbols, allowShort }: ActionSetup) {
    this.allowShort = allowShort;
    this.space =
      symbols.length === 1 ? { type: 'discrete', n: 3 } : { type: 'multi-discrete', nvec: symbols.map(() => 3) };
  }

  apply(values: ArrayLike<number>, at: number, actor: Actor): void {
    const { symbols } = actor;
    for (let i = 0; i < symbols.length; i++) {
      const choice = values[at + i];
      if (choice === BUY || choice === SELL) this.choose(choice === BUY, symbols[i]!, actor);
    }
  }

  private choose(isBuy: boolean, symbol: string, actor: Actor): void {
    const position = actor.position(symbol);
    const isHeld = isBuy ? position > 0 : this.allowShort ? position < 0 : position === 0;
    // A price is missing before the symbol's first MARKET.
    if (isHeld || Number.isNaN(actor.price(symbol))) return;
    const side = isBuy ? 'buy' : 'sell';
    if (actor.openOrders(symbol).some(({ orderSide }) => orderSide === side)) return;
    actor.signal(isBuy ? 'LONG' : this.allowShort ? 'SHORT' : 'FLAT', { symbol });
  }
}
