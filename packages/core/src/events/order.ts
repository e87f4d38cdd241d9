export type OrderSide = 'buy' | 'sell';
export type OrderType = 'market' | 'limit' | 'stop' | 'market-on-open' | 'market-on-close';
/** `day` ends with the UTC date; IOC and FOK live for one MARKET of their symbol. */
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'day';
export type Liquidity = 'maker' | 'taker';
export type OrderStatus = 'created' | 'accepted' | 'rejected' | 'partiallyFilled' | 'filled' | 'canceled' | 'expired';

/** How an order is to be executed; what is left out is a GTC market order. */
export interface OrderInstructions {
  readonly orderType?: OrderType;
  readonly timeInForce?: TimeInForce;
  /** Quote currency; required for a limit order. */
  readonly limitPrice?: number;
  /** Quote currency; required for a stop order. */
  readonly triggerPrice?: number;
  /** A limit order that would take liquidity at its first MARKET is canceled instead. */
  readonly postOnly?: boolean;
  /** The order only ever brings the position closer to zero. */
  readonly reduceOnly?: boolean;
}

/** Instructions with every default filled in. */
export interface OrderTerms {
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPrice: number;
  readonly triggerPrice: number;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
}

/** An order, from its creation by the portfolio to its end. Only portfolio and execution write to it. */
export class Order {
  readonly orderId: number;
  readonly symbol: string;
  readonly symbolIndex: number;
  readonly orderSide: OrderSide;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  /** Base units, positive. */
  readonly quantity: number;
  /** NaN where the type has none. */
  readonly limitPrice: number;
  /** NaN where the type has none. */
  readonly triggerPrice: number;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  /** Price at which the order was decided; slippage of an optimistic fill is measured from it. */
  readonly decisionPrice: number;
  /** Whether a later target signal may replace it. */
  readonly fromTarget: boolean;
  readonly createdMs: number;
  status: OrderStatus = 'created';
  filledQty = 0;
  /** The strategy or a later target asked to cancel it; limits and sizes count on that. */
  isCancelRequested = false;
  /** Mean fill price, quote currency; 0 before the first fill. */
  avgPx = 0;

  constructor(
    signal: {
      readonly orderId: number;
      readonly symbol: string;
      readonly symbolIndex: number;
      readonly timeMs: number;
    },
    orderSide: OrderSide,
    quantity: number,
    terms: OrderTerms,
    decisionPrice: number,
    fromTarget: boolean,
  ) {
    this.orderId = signal.orderId;
    this.symbol = signal.symbol;
    this.symbolIndex = signal.symbolIndex;
    this.createdMs = signal.timeMs;
    this.orderSide = orderSide;
    this.orderType = terms.orderType;
    this.timeInForce = terms.timeInForce;
    this.quantity = quantity;
    this.limitPrice = terms.limitPrice;
    this.triggerPrice = terms.triggerPrice;
    this.postOnly = terms.postOnly;
    this.reduceOnly = terms.reduceOnly;
    this.decisionPrice = decisionPrice;
    this.fromTarget = fromTarget;
  }

  /** Base units still open. */
  get leavesQty(): number {
    return this.quantity - this.filledQty;
  }

  /** +1 for buy, -1 for sell. */
  get sign(): 1 | -1 {
    return this.orderSide === 'buy' ? 1 : -1;
  }

  get isOpen(): boolean {
    return this.status === 'created' || this.status === 'accepted' || this.status === 'partiallyFilled';
  }
}
