import type { Liquidity, Order, OrderInstructions, OrderSide, OrderStatus } from './order.ts';

/**
 * Event types that users add. Extend it from any file, and payloads are typed everywhere:
 *
 *     declare module '@ergodic/core' {
 *       interface CustomEvents { NEWS: { sentiment: number } }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface CustomEvents {}

/** Names of custom events: the declared ones, or any text where none is declared. */
export type CustomEventType = keyof CustomEvents extends never ? string : keyof CustomEvents & string;
export type CustomPayload<T extends string> = T extends keyof CustomEvents ? CustomEvents[T] : unknown;

/** LONG, SHORT and FLAT are sized by `portfolio.sizing`; a number is a target weight of equity (negative: short). */
export type SignalTarget = 'LONG' | 'SHORT' | 'FLAT' | number;

/**
 * Events at one time are handled by priority, lowest first; events of one priority in the order they were pushed.
 * - SIGNAL holds what a strategy asks for, signals and cancels, in the order in which it asked; ORDER what of it reaches the
 *   market. DECISION is the second half of MARKET: mark to market, rewards, strategy.
 * - MARKET never waits in a ring: it is read from the feed's lane, at its place in this order.
 * - PAUSE and WAKE hold no event: one hands the episode to a caller who answers from outside, the other says that something
 *   later was added.
 */
export const PRIORITY: {
  readonly PAUSE: 0;
  readonly FILL: 1;
  readonly ORDER_UPDATE: 2;
  readonly DECISION: 3;
  readonly SIGNAL: 4;
  readonly ORDER: 5;
  readonly CUSTOM: 6;
  readonly MARKET: 7;
  readonly TIMER: 8;
  readonly EXPIRY: 9;
  readonly WAKE: 10;
} = {
  PAUSE: 0,
  FILL: 1,
  ORDER_UPDATE: 2,
  DECISION: 3,
  SIGNAL: 4,
  ORDER: 5,
  CUSTOM: 6,
  MARKET: 7,
  TIMER: 8,
  EXPIRY: 9,
  WAKE: 10,
};

/** A strategy's wish. Either `target` is set, or `orderSide` and `quantity` are. */
export class SignalEvent {
  readonly type = 'SIGNAL';
  readonly timeMs: number;
  /** Becomes the id of the order that follows from the signal. */
  readonly orderId: number;
  readonly symbol: string;
  readonly symbolIndex: number;
  readonly target: SignalTarget | null;
  readonly orderSide: OrderSide | null;
  /** Base units; 0 for a target. */
  readonly quantity: number;
  readonly instructions: OrderInstructions;

  constructor(
    timeMs: number,
    orderId: number,
    symbol: string,
    symbolIndex: number,
    target: SignalTarget | null,
    orderSide: OrderSide | null,
    quantity: number,
    instructions: OrderInstructions,
  ) {
    this.timeMs = timeMs;
    this.orderId = orderId;
    this.symbol = symbol;
    this.symbolIndex = symbolIndex;
    this.target = target;
    this.orderSide = orderSide;
    this.quantity = quantity;
    this.instructions = instructions;
  }
}

/** An order that passed the risk checks and reaches the market. */
export class OrderEvent {
  readonly type = 'ORDER';
  readonly timeMs: number;
  readonly order: Order;

  constructor(timeMs: number, order: Order) {
    this.timeMs = timeMs;
    this.order = order;
  }
}

/** A strategy's request to cancel an order; it travels to the market like an order. */
export class CancelEvent {
  readonly type = 'CANCEL';
  readonly timeMs: number;
  readonly orderId: number;

  constructor(timeMs: number, orderId: number) {
    this.timeMs = timeMs;
    this.orderId = orderId;
  }
}

/** A fill reaches the portfolio. */
export class FillEvent {
  readonly type = 'FILL';
  readonly timeMs: number;
  readonly order: Order;
  readonly symbolIndex: number;
  /** Base units, positive; the side is the order's. */
  readonly filledQty: number;
  /** Quote currency; slippage, half the spread and impact included. */
  readonly price: number;
  /** Quote currency; negative is a rebate. */
  readonly commission: number;
  /** Quote currency lost against the unslipped price beside spread and impact, not negative. */
  readonly slippage: number;
  readonly liquidity: Liquidity;
  /** Quote currency lost as half of the spread, not negative. */
  readonly spread: number;
  /** Quote currency lost to the order's own market impact, not negative. */
  readonly impact: number;

  constructor(
    timeMs: number,
    order: Order,
    filledQty: number,
    price: number,
    commission: number,
    slippage: number,
    liquidity: Liquidity,
    spread = 0,
    impact = 0,
  ) {
    this.timeMs = timeMs;
    this.order = order;
    this.symbolIndex = order.symbolIndex;
    this.filledQty = filledQty;
    this.price = price;
    this.commission = commission;
    this.slippage = slippage;
    this.liquidity = liquidity;
    this.spread = spread;
    this.impact = impact;
  }
}

/** Why an order was refused, canceled or expired. */
export type OrderReason =
  | ''
  | 'MAX_LEVERAGE'
  | 'MAX_POSITION'
  | 'SHORT_NOT_ALLOWED'
  | 'BELOW_LOT_SIZE'
  | 'PRICE_NOT_POSITIVE'
  | 'NO_EQUITY'
  | 'REDUCE_ONLY'
  | 'POST_ONLY'
  | 'CANCEL_REQUESTED'
  | 'IMMEDIATE_OR_CANCEL'
  | 'FILL_OR_KILL'
  | 'DAY_END'
  | 'EPISODE_END';

/** News of an order reaches the strategy. */
export class OrderUpdateEvent {
  readonly type = 'ORDER_UPDATE';
  readonly timeMs: number;
  readonly order: Order;
  readonly status: OrderStatus;
  readonly reason: OrderReason;

  constructor(timeMs: number, order: Order, status: OrderStatus, reason: OrderReason) {
    this.timeMs = timeMs;
    this.order = order;
    this.status = status;
    this.reason = reason;
  }
}

/** The heartbeat (`tag` is `heartbeat`) or a timer that a strategy or component asked for. */
export class TimerEvent {
  readonly type = 'TIMER';
  readonly timeMs: number;
  readonly tag: string;

  constructor(timeMs: number, tag: string) {
    this.timeMs = timeMs;
    this.tag = tag;
  }
}

/** An event of a user's own type. */
export class CustomEvent<T extends string = string> {
  readonly type = 'CUSTOM';
  readonly timeMs: number;
  readonly name: T;
  readonly payload: CustomPayload<T>;

  constructor(timeMs: number, name: T, payload: CustomPayload<T>) {
    this.timeMs = timeMs;
    this.name = name;
    this.payload = payload;
  }
}

/** Any declared custom event; its `name` tells which payload it has. */
export type AnyCustomEvent = { [T in CustomEventType]: CustomEvent<T> }[CustomEventType];

/** The UTC date ends: `day` orders expire. */
export class ExpiryEvent {
  readonly type = 'EXPIRY';
  readonly timeMs: number;

  constructor(timeMs: number) {
    this.timeMs = timeMs;
  }
}

/** The second half of a MARKET at which something else was due. */
export class DecisionEvent {
  readonly type = 'DECISION';
  timeMs = 0;
}

export type QueuedEvent =
  | FillEvent
  | OrderUpdateEvent
  | DecisionEvent
  | SignalEvent
  | CancelEvent
  | OrderEvent
  | CustomEvent
  | TimerEvent
  | ExpiryEvent;
