import { type Action, type ActionScheme, asValues, checkAction } from '../action/index.ts';
import { preview } from '../config/errors.ts';
import {
  CancelEvent,
  CustomEvent,
  type CustomEventType,
  type CustomPayload,
  PRIORITY,
  SignalEvent,
  type SignalTarget,
  TimerEvent,
} from '../events/events.ts';
import type { Order, OrderInstructions, OrderSide } from '../events/order.ts';
import type { RandomStream } from '../random/stream.ts';
import type { Context, SignalOptions, StrategyContext } from '../strategy/strategy.ts';
import type { EventLoop } from './loop.ts';

const NO_INSTRUCTIONS: OrderInstructions = {};

/** What a component may see and do. It holds the loop in a private field: nothing later than now can be reached. */
export class ComponentContext implements Context {
  readonly #loop: EventLoop;
  readonly random: RandomStream;

  constructor(loop: EventLoop, random: RandomStream) {
    this.#loop = loop;
    this.random = random;
  }

  get timeMs(): number {
    this.#loop.synchronize();
    return this.#loop.queue.nowMs;
  }

  get step(): number {
    return this.#loop.cursor.step;
  }

  get symbols(): readonly string[] {
    return this.#loop.parts.symbols;
  }

  price(symbol?: string): number {
    return this.#loop.account.price[this.indexOf(symbol)]!;
  }

  timer(timeMs: number, tag: string): void {
    if (!(timeMs > this.timeMs) || !Number.isFinite(timeMs)) {
      throw new RangeError(`timer: the time must be later than now (${this.timeMs}), got ${preview(timeMs)}`);
    }
    this.#loop.queue.push(timeMs, PRIORITY.TIMER, new TimerEvent(timeMs, tag));
  }

  emit<T extends CustomEventType>(name: T, payload: CustomPayload<T>, timeMs: number = this.timeMs): void {
    if (!(timeMs >= this.timeMs) || !Number.isFinite(timeMs)) {
      throw new RangeError(`emit ${name}: the time must not be before now (${this.timeMs}), got ${preview(timeMs)}`);
    }
    this.#loop.queue.push(timeMs, PRIORITY.CUSTOM, new CustomEvent(timeMs, name, payload) as CustomEvent);
  }

  /** Index of a symbol; without one, of the symbol of the MARKET being handled. */
  protected indexOf(symbol: string | undefined): number {
    if (symbol === undefined) return this.#loop.market.symbolIndex;
    const index = this.symbols.indexOf(symbol);
    if (index < 0) throw new RangeError(`symbol must be one of ${this.symbols.join(', ')}, got ${preview(symbol)}`);
    return index;
  }
}

/** What a strategy may see and do. */
export class EpisodeContext extends ComponentContext implements StrategyContext {
  readonly #loop: EventLoop;
  readonly #actions: ActionScheme | null;

  constructor(loop: EventLoop, random: RandomStream, actions: ActionScheme | null = null) {
    super(loop, random);
    this.#loop = loop;
    this.#actions = actions;
  }

  get cash(): number {
    return this.#loop.parts.portfolio.account.cash;
  }

  get equity(): number {
    return this.#loop.account.equity;
  }

  get initialCash(): number {
    return this.#loop.parts.portfolio.account.initialCash;
  }

  get realizedPnl(): number {
    return this.#loop.parts.portfolio.account.realizedPnl;
  }

  get unrealizedPnl(): number {
    return this.#loop.account.unrealizedPnl;
  }

  position(symbol?: string): number {
    return this.#loop.parts.portfolio.account.position[this.indexOf(symbol)]!;
  }

  avgPx(symbol?: string): number {
    return this.#loop.parts.portfolio.account.avgPx[this.indexOf(symbol)]!;
  }

  openOrders(symbol?: string): readonly Order[] {
    const { working } = this.#loop.parts.portfolio;
    if (symbol === undefined) return working.toArray();
    const index = this.indexOf(symbol);
    return working.toArray().filter((order) => order.symbolIndex === index);
  }

  signal(target: SignalTarget, options?: SignalOptions): number {
    if (target !== 'LONG' && target !== 'SHORT' && target !== 'FLAT' && !Number.isFinite(target)) {
      throw new RangeError(`signal: the target must be LONG, SHORT, FLAT or a finite weight, got ${preview(target)}`);
    }
    return this.push(target, null, 0, options);
  }

  order(orderSide: OrderSide, quantity: number, options?: SignalOptions): number {
    if (orderSide !== 'buy' && orderSide !== 'sell') {
      throw new RangeError(`order: the side must be buy or sell, got ${preview(orderSide)}`);
    }
    if (!(quantity > 0) || !Number.isFinite(quantity)) {
      throw new RangeError(`order: the quantity must be a positive number, got ${preview(quantity)}`);
    }
    return this.push(null, orderSide, quantity, options);
  }

  cancel(orderId: number): void {
    const { timeMs } = this;
    this.#loop.queue.push(timeMs, PRIORITY.SIGNAL, new CancelEvent(timeMs, orderId));
  }

  act(action: Action): void {
    const actions = this.#actions;
    if (actions === null) {
      throw new RangeError(
        'act: the config must say what actions are, environment is missing; set environment.actions',
      );
    }
    const values = asValues(action, actions.space);
    checkAction(actions.space, values, 0);
    actions.apply(values, 0, this);
  }

  stop(): void {
    this.#loop.stop();
  }

  private push(target: SignalTarget | null, side: OrderSide | null, quantity: number, options?: SignalOptions): number {
    const loop = this.#loop;
    const index = this.indexOf(options?.symbol);
    if (options !== undefined) checkInstructions(options);
    if (Number.isNaN(loop.account.price[index]!)) {
      throw new RangeError(`signal: ${this.symbols[index]} has no price yet, wait for its first MARKET`);
    }
    const { nowMs } = loop.queue;
    const orderId = loop.nextOrderId++;
    const instructions = options ?? NO_INSTRUCTIONS;
    const symbol = this.symbols[index]!;
    const signal = new SignalEvent(nowMs, orderId, symbol, index, target, side, quantity, instructions);
    loop.queue.push(nowMs, PRIORITY.SIGNAL, signal);
    return orderId;
  }
}

const ORDER_TYPES = ['market', 'limit', 'stop', 'market-on-open', 'market-on-close'];
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'day'];

function checkInstructions(options: OrderInstructions): void {
  const { orderType = 'market', timeInForce = 'GTC', limitPrice, triggerPrice, postOnly } = options;
  if (!ORDER_TYPES.includes(orderType)) {
    throw new RangeError(`orderType must be one of ${ORDER_TYPES.join(', ')}, got ${preview(orderType)}`);
  }
  if (!TIMES_IN_FORCE.includes(timeInForce)) {
    throw new RangeError(`timeInForce must be one of ${TIMES_IN_FORCE.join(', ')}, got ${preview(timeInForce)}`);
  }
  if (orderType === 'limit' ? !Number.isFinite(limitPrice) : limitPrice !== undefined) {
    throw new RangeError(
      `limitPrice must be a number for a limit order and absent otherwise, got ${preview(limitPrice)}`,
    );
  }
  if (orderType === 'stop' ? !Number.isFinite(triggerPrice) : triggerPrice !== undefined) {
    throw new RangeError(
      `triggerPrice must be a number for a stop order and absent otherwise, got ${preview(triggerPrice)}`,
    );
  }
  if (postOnly === true && orderType !== 'limit') {
    throw new RangeError(`postOnly needs a limit order, got ${orderType}`);
  }
}
