import type { OrderInstructions, OrderSide } from '../events/order.ts';
import type { ActionScheme, ActionSetup, Actor } from './scheme.ts';
import type { Space } from './space.ts';

/** What an order action can be; the place is the action's first number. */
const KINDS: readonly (readonly ['none' | 'cancel'] | readonly [OrderSide, 'market' | 'limit' | 'stop'])[] = [
  ['none'],
  ['buy', 'market'],
  ['sell', 'market'],
  ['buy', 'limit'],
  ['sell', 'limit'],
  ['buy', 'stop'],
  ['sell', 'stop'],
  ['cancel'],
];

export interface OrderActionsConfig {
  readonly sizes: number;
  readonly offsets: number;
  readonly offsetBps: number;
}

/**
 * One order a symbol at each decision: [kind, size, offset].
 *
 * Kinds: 0 nothing, 1 buy and 2 sell at market, 3 buy and 4 sell with a limit, 5 buy and 6 sell with a stop, 7 cancel all
 * open orders of the symbol. Size s trades (s + 1) ÷ sizes of the equity at the latest price. Offset o puts limit and
 * trigger o × offsetBps away from it: limits on the passive side (buy below, sell above), stops on the other.
 */
export class OrderActions implements ActionScheme {
  readonly space: Space;
  private readonly config: OrderActionsConfig;

  constructor({ symbols }: ActionSetup, config: OrderActionsConfig) {
    this.config = config;
    this.space = {
      type: 'multi-discrete',
      nvec: symbols.flatMap(() => [KINDS.length, config.sizes, config.offsets]),
    };
  }

  apply(values: ArrayLike<number>, at: number, actor: Actor): void {
    const { symbols } = actor;
    for (let i = 0; i < symbols.length; i++) {
      const place = at + 3 * i;
      const [what, orderType] = KINDS[values[place]!]!;
      const symbol = symbols[i]!;
      if (what === 'cancel') for (const { orderId } of actor.openOrders(symbol)) actor.cancel(orderId);
      else if (what !== 'none') this.order(what, orderType!, values[place + 1]!, values[place + 2]!, symbol, actor);
    }
  }

  private order(
    orderSide: OrderSide,
    orderType: 'market' | 'limit' | 'stop',
    size: number,
    offset: number,
    symbol: string,
    actor: Actor,
  ): void {
    const price = actor.price(symbol);
    const { equity } = actor;
    if (Number.isNaN(price) || !(equity > 0) || !(price > 0)) return;
    const quantity = (((size + 1) / this.config.sizes) * equity) / price;
    const away = offset * this.config.offsetBps * 1e-4;
    const isBelow = (orderSide === 'buy') === (orderType === 'limit');
    const level = price * (isBelow ? 1 - away : 1 + away);
    const instructions: OrderInstructions =
      orderType === 'market'
        ? { orderType }
        : orderType === 'limit'
          ? { orderType, limitPrice: level }
          : { orderType, triggerPrice: level };
    actor.order(orderSide, quantity, { ...instructions, symbol });
  }
}
