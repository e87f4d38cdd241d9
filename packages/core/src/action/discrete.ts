import type { ActionScheme, ActionSetup, Actor } from './scheme.ts';
import type { Space } from './space.ts';

const SELL = 0;
const HOLD = 1;
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

  /** Only for one symbol: an action is one number then. */
  idle(actor: Actor): number {
    const [symbol] = actor.symbols;
    const hold = 1 << HOLD;
    if (symbol === undefined || actor.symbols.length > 1) return 0;
    const position = actor.position(symbol);
    return hold | (this.isHeld(true, position) ? 1 << BUY : 0) | (this.isHeld(false, position) ? 1 << SELL : 0);
  }

  private isHeld(isBuy: boolean, position: number): boolean {
    return isBuy ? position > 0 : this.allowShort ? position < 0 : position === 0;
  }

  private choose(isBuy: boolean, symbol: string, actor: Actor): void {
    // A price is missing before the symbol's first MARKET.
    if (this.isHeld(isBuy, actor.position(symbol)) || Number.isNaN(actor.price(symbol))) return;
    const side = isBuy ? 'buy' : 'sell';
    if (actor.openOrders(symbol).some(({ orderSide }) => orderSide === side)) return;
    actor.signal(isBuy ? 'LONG' : this.allowShort ? 'SHORT' : 'FLAT', { symbol });
  }
}
