import { EpisodeError, preview } from '../config/errors.ts';
import {
  CancelEvent,
  type CustomEvent,
  DecisionEvent,
  ExpiryEvent,
  FillEvent,
  OrderEvent,
  type OrderReason,
  OrderUpdateEvent,
  type QueuedEvent,
  type SignalEvent,
  TimerEvent,
} from '../events/events.ts';
import type { Liquidity, Order, OrderStatus } from '../events/order.ts';
import { EventQueue } from '../events/queue.ts';
import type { StepColumns } from '../events/steps.ts';
import type { ExecutionHandler, ExecutionReports, MarketRow } from '../execution/handler.ts';
import type { Portfolio } from '../portfolio/portfolio.ts';
import type { Component, Context, MarketEvent, Strategy, StrategyContext } from '../strategy/strategy.ts';
import type { EndReason } from '../summary/record.ts';
import type { MarketLane } from './lane.ts';
import type { Scorer, StepSink } from './scorer.ts';
import { Cursor, MarketView } from './view.ts';

// The priorities as literals: the switch below runs on them. A test holds them against PRIORITY.
const PAUSE = 0;
const FILL = 1;
const ORDER_UPDATE = 2;
const DECISION = 3;
const SIGNAL = 4;
const CANCEL = 5;
const ORDER = 6;
const CUSTOM = 7;
const MARKET = 8;
const TIMER = 9;
const EXPIRY = 10;

/**
 * Why `advance` came back: the episode `ended`; a `decision` is asked from outside; a live feed has nothing yet
 * (`waiting`); the budget of MARKET rows is used up (`yielded`).
 */
export type LoopStatus = 'ended' | 'decision' | 'waiting' | 'yielded';

/** Sees every event as it is handled, for `replay`. */
export interface Tracer {
  event(event: QueuedEvent, step: number): void;
  market(market: MarketEvent): void;
  step(columns: StepColumns, slot: number): void;
}

/** Receives fills with their step; steps come through StepSink. */
export interface Recorder extends StepSink {
  fill(fill: FillEvent, step: number): void;
}

/** What an event loop runs on. */
export interface LoopParts {
  readonly symbols: readonly string[];
  readonly lane: MarketLane;
  /** For each symbol: ms from the open of trading to the MARKET; 0 for quotes. */
  readonly openBeforeMs: readonly number[];
  readonly portfolio: Portfolio;
  readonly execution: ExecutionHandler;
  readonly scorer: Scorer;
  readonly columns: StepColumns;
  readonly latencyMs: number;
  readonly heartbeatMs: number;
  readonly ruinEquity: number;
  readonly eventsPerStep: number;
}

/** The parts of one episode that users write, with what each may see. */
export interface Cast {
  readonly strategy: Strategy & Required<Pick<Strategy, 'onMarket'>>;
  readonly strategyContext: StrategyContext;
  readonly components: readonly { readonly component: Component; readonly context: Context }[];
}

const HEARTBEAT = 'heartbeat';
const ZERO: Float64Array = new Float64Array(1);

/**
 * The event loop of an episode.
 *
 * `advance` delivers events in the order (time, priority, sequence). MARKETs at which nothing else is due, nearly all of
 * them, go through `quiet`, a small loop that does for them exactly what `dispatch` does: mark, close the step, call the
 * strategy. Rewards and statistics follow in passes over whole blocks of steps.
 */
export class EventLoop implements ExecutionReports {
  readonly queue: EventQueue = new EventQueue();
  readonly cursor: Cursor;
  readonly market: MarketView;
  endReason: EndReason | null = null;
  /** Events delivered in this episode. */
  events = 0;
  ordersSent = 0;
  rejects = 0;
  nextOrderId = 1;
  tracer: Tracer | null = null;
  recorder: Recorder | null = null;
  readonly parts: LoopParts;
  private cast!: Cast;
  private strategy!: Cast['strategy'];
  private strategyContext!: StrategyContext;
  private watchers: Cast['components'] = [];
  private isQuietAllowed = true;
  private isFinished = false;
  private stepLimit = 0;
  private readonly decision: DecisionEvent = new DecisionEvent();
  private readonly row: MarketRow = {
    symbolIndex: 0,
    timeMs: 0,
    openMs: 0,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    volume: 0,
  };

  constructor(parts: LoopParts) {
    this.parts = parts;
    this.cursor = new Cursor(parts.lane, parts.columns, parts.symbols);
    this.market = new MarketView(this.cursor);
  }

  /** Starts an episode: the lane must have begun. Handlers' onStart run here. */
  begin(startMs: number, cast: Cast): void {
    const { portfolio, execution, columns, heartbeatMs, eventsPerStep, scorer } = this.parts;
    this.queue.reset(startMs);
    columns.begin();
    portfolio.reset();
    scorer.begin(portfolio.account.initialCash);
    execution.begin(this);
    this.endReason = null;
    this.isFinished = false;
    this.events = this.ordersSent = this.rejects = 0;
    this.nextOrderId = 1;
    this.cursor.row = 0;
    this.cursor.isOpen = 1;
    this.stepLimit = eventsPerStep;
    this.cast = cast;
    this.strategy = cast.strategy;
    this.strategyContext = cast.strategyContext;
    this.watchers = cast.components.filter(({ component }) => component.onMarket !== undefined);
    this.isQuietAllowed = this.watchers.length === 0 && this.tracer === null;
    if (heartbeatMs > 0)
      this.queue.push(startMs + heartbeatMs, TIMER, new TimerEvent(startMs + heartbeatMs, HEARTBEAT));
    try {
      for (const { component, context } of cast.components) component.onStart?.(context);
      this.strategy.onStart?.(this.strategyContext);
    } catch (error) {
      throw asEpisodeError(error);
    }
  }

  /**
   * Delivers events until the episode ends, a decision is asked for, a live feed runs dry or `budget` MARKET rows are
   * handled. Where it stops changes nothing in what follows.
   *
   * @throws EpisodeError with the code of the failure
   */
  advance(budget: number = Number.POSITIVE_INFINITY): LoopStatus {
    if (this.isFinished) return 'ended';
    try {
      return this.endReason === null ? this.run(budget) : this.finish();
    } catch (error) {
      throw asEpisodeError(error);
    }
  }

  private run(budget: number): LoopStatus {
    const { queue } = this;
    const { lane } = this.parts;
    let rowsLeft = budget;
    for (;;) {
      while (queue.mask !== 0) {
        const priority = queue.first;
        if (priority === PAUSE) {
          queue.lower(PAUSE);
          this.score();
          return 'decision';
        }
        this.dispatch(priority);
        if (this.endReason !== null) return this.finish();
      }
      if (lane.cursor === lane.rows) {
        this.score();
        this.rotate();
        if (!lane.refill()) {
          if (!lane.final) return 'waiting';
          this.endReason = 'completed';
          return this.finish();
        }
      }
      if (rowsLeft <= 0) return 'yielded';
      rowsLeft -= this.quiet(rowsLeft);
      if (this.endReason !== null) return this.finish();
      if (queue.mask !== 0 || lane.cursor === lane.rows) continue;
      const marketMs = lane.columns.timeMs[lane.cursor]!;
      queue.advanceTo(Math.min(marketMs, queue.nextMs));
      if (queue.nowMs === marketMs) {
        queue.raise(MARKET);
        rowsLeft--;
      }
    }
  }

  /** Handles one event: the earliest of this priority. */
  private dispatch(priority: number): void {
    const { queue } = this;
    this.events++;
    if (--this.stepLimit < 0) {
      throw new EpisodeError(
        'EVENT_LIMIT',
        `a step must not have more than ${this.parts.eventsPerStep} events (limits.eventsPerStep), step ${this.cursor.step} has`,
      );
    }
    if (priority === MARKET) {
      this.onMarketRow();
      return;
    }
    const event = queue.shift(priority);
    if (this.tracer !== null) this.tracer.event(event, this.cursor.step);
    switch (priority) {
      case FILL:
        this.onFill(event as FillEvent);
        return;
      case ORDER_UPDATE:
        this.onOrderUpdate(event as OrderUpdateEvent);
        return;
      case DECISION:
        this.onDecision();
        return;
      case SIGNAL:
        this.onSignal(event as SignalEvent);
        return;
      case CANCEL:
        this.parts.execution.cancel((event as CancelEvent).orderId, queue.nowMs);
        return;
      case ORDER:
        this.parts.execution.submit((event as OrderEvent).order, queue.nowMs);
        return;
      case CUSTOM:
        for (const { component, context } of this.cast.components) component.onEvent?.(event as CustomEvent, context);
        this.strategy.onEvent?.(event as CustomEvent, this.strategyContext);
        return;
      case TIMER:
        this.onTimer(event as TimerEvent);
        return;
      case EXPIRY:
        this.parts.execution.expire(queue.nowMs);
    }
  }

  /**
   * MARKETs at which nothing else is due: no event waits, no resting order is touched, no component watches. Returns the
   * number of rows it delivered; stops before the first that needs the general path, and before the final step.
   */
  private quiet(budget: number): number {
    if (!this.isQuietAllowed) return 0;
    const { queue, cursor, strategy, market, strategyContext } = this;
    const { lane, portfolio, execution, ruinEquity } = this.parts;
    const { timeMs, low, high, close } = lane.columns;
    const { symbolIndex, stepEnd } = lane;
    const { price } = portfolio.account;
    const attentionLow = execution.attention.low;
    const attentionHigh = execution.attention.high;
    const start = lane.cursor;
    const left = lane.lastStepRow - start;
    const end = start + (budget < left ? budget : left);
    let row = start;
    while (row < end) {
      const now = timeMs[row]!;
      if (now >= queue.nextMs) break;
      const s = symbolIndex[row]!;
      if (low[row]! <= attentionLow[s]! || high[row]! >= attentionHigh[s]!) break;
      price[s] = close[row]!;
      queue.nowMs = now;
      cursor.row = row;
      lane.cursor = ++row;
      if (stepEnd[row - 1] === 1) {
        if (!(this.closeStep(now) > ruinEquity)) {
          this.ruin();
          break;
        }
      } else cursor.isOpen = 1;
      strategy.onMarket(market, strategyContext);
      if (queue.mask !== 0 || this.endReason !== null) break;
    }
    this.events += row - start;
    if (row > start) this.stepLimit = this.parts.eventsPerStep;
    return row - start;
  }

  /** First half of a MARKET: resting orders execute, components look. What they cause comes before the second half. */
  private onMarketRow(): void {
    const { queue, cursor, row } = this;
    const { lane, execution, openBeforeMs, portfolio } = this.parts;
    const at = lane.cursor++;
    const { columns } = lane;
    const s = lane.symbolIndex[at]!;
    cursor.row = at;
    cursor.isOpen = 1;
    this.stepLimit = this.parts.eventsPerStep;
    if (lane.cursor === lane.rows || columns.timeMs[lane.cursor] !== queue.nowMs) queue.lower(MARKET);
    if (this.tracer !== null) this.tracer.market(this.market);
    if (columns.low[at]! <= execution.attention.low[s]! || columns.high[at]! >= execution.attention.high[s]!) {
      row.symbolIndex = s;
      row.timeMs = queue.nowMs;
      row.openMs = queue.nowMs - openBeforeMs[s]!;
      row.open = columns.open[at]!;
      row.high = columns.high[at]!;
      row.low = columns.low[at]!;
      row.close = columns.close[at]!;
      row.volume = columns.volume[at]!;
      execution.onMarket(row);
    }
    portfolio.account.price[s] = columns.close[at]!;
    for (const { component, context } of this.watchers) component.onMarket!(this.market, context);
    this.decision.timeMs = queue.nowMs;
    queue.push(queue.nowMs, DECISION, this.decision);
  }

  /** Second half of a MARKET: mark to market, close the step, then the strategy, except at the final step. */
  private onDecision(): void {
    const { cursor, queue } = this;
    const { lane, ruinEquity, columns } = this.parts;
    if (lane.stepEnd[cursor.row] === 1) {
      const equity = this.closeStep(queue.nowMs);
      if (this.tracer !== null) this.tracer.step(columns, columns.count);
      if (!(equity > ruinEquity)) {
        this.ruin();
        return;
      }
    }
    if (!lane.final || cursor.row < lane.lastStepRow) this.strategy.onMarket(this.market, this.strategyContext);
    else if (lane.cursor === lane.rows) this.endReason = 'completed';
  }

  /** Writes the step's marks into the columns; returns the equity. */
  private closeStep(timeMs: number): number {
    const { columns, portfolio } = this.parts;
    const { position, price, cash } = portfolio.account;
    const slot = ++columns.count;
    let equity = cash;
    let gross = 0;
    for (let i = 0; i < position.length; i++) {
      const latest = price[i]!;
      columns.price[i]![slot] = latest;
      const held = position[i]!;
      if (held !== 0) {
        const value = held * latest;
        equity += value;
        gross += Math.abs(value);
      }
    }
    columns.equity[slot] = equity;
    columns.gross[slot] = gross;
    columns.timeMs[slot] = timeMs;
    this.cursor.isOpen = 0;
    if (slot === 0 && columns.base === 0) this.onFirstStep(equity);
    return equity;
  }

  private onFirstStep(equity: number): void {
    const { columns, portfolio } = this.parts;
    columns.initialEquity = equity;
    columns.initialPrice.set(portfolio.account.price);
    this.recorder?.steps(columns, 0, 0, ZERO, []);
  }

  private onFill(fill: FillEvent): void {
    this.parts.portfolio.onFill(fill);
    if (this.recorder !== null) this.recorder.fill(fill, this.cursor.step);
    for (const { component, context } of this.cast.components) component.onFill?.(fill, context);
    this.strategy.onFill?.(fill, this.strategyContext);
  }

  private onOrderUpdate(update: OrderUpdateEvent): void {
    this.parts.portfolio.onOrderUpdate(update);
    for (const { component, context } of this.cast.components) component.onOrderUpdate?.(update, context);
    this.strategy.onOrderUpdate?.(update, this.strategyContext);
  }

  private onTimer(timer: TimerEvent): void {
    if (timer.tag === HEARTBEAT) {
      const next = timer.timeMs + this.parts.heartbeatMs;
      this.queue.push(next, TIMER, new TimerEvent(next, HEARTBEAT));
    }
    for (const { component, context } of this.cast.components) component.onTimer?.(timer, context);
    this.strategy.onTimer?.(timer, this.strategyContext);
  }

  /** Portfolio and risk turn a signal into an order, which travels to the market. */
  private onSignal(signal: SignalEvent): void {
    const { queue } = this;
    const { portfolio, columns, latencyMs } = this.parts;
    const arrivalMs = queue.nowMs + latencyMs;
    const replaced = portfolio.replacedBy(signal);
    for (const { orderId } of replaced) this.cancel(orderId);
    const decision = portfolio.decide(signal, replaced);
    if (decision.kind === 'nothing') return;
    const { order } = decision;
    if (decision.kind === 'approved') {
      this.ordersSent++;
      columns.orders[this.cursor.slot]!++;
      queue.push(arrivalMs, ORDER, new OrderEvent(arrivalMs, order));
    } else {
      this.rejects++;
      queue.push(queue.nowMs, ORDER_UPDATE, new OrderUpdateEvent(queue.nowMs, order, 'rejected', decision.reason));
    }
  }

  /** Hands the episode to the caller of `advance` once the current event is handled. */
  pause(): void {
    this.queue.raise(PAUSE);
  }

  /** Ends the episode at the strategy's wish, once the event being handled is done. */
  stop(): void {
    this.endReason = 'stopped';
  }

  /** Sends a cancel request to the market. */
  cancel(orderId: number): void {
    const arrivalMs = this.queue.nowMs + this.parts.latencyMs;
    this.queue.push(arrivalMs, CANCEL, new CancelEvent(arrivalMs, orderId));
  }

  /** ExecutionReports: a fill travels to the portfolio. */
  fill(
    order: Order,
    filledQty: number,
    price: number,
    commission: number,
    slippage: number,
    liquidity: Liquidity,
  ): void {
    const arrivalMs = this.queue.nowMs + this.parts.latencyMs;
    this.queue.push(
      arrivalMs,
      FILL,
      new FillEvent(arrivalMs, order, filledQty, price, commission, slippage, liquidity),
    );
  }

  /** ExecutionReports: news of an order travels to the strategy. */
  update(order: Order, status: OrderStatus, reason: OrderReason): void {
    const arrivalMs = this.queue.nowMs + this.parts.latencyMs;
    this.queue.push(arrivalMs, ORDER_UPDATE, new OrderUpdateEvent(arrivalMs, order, status, reason));
  }

  /** ExecutionReports: `day` orders want to hear of the end of their date. */
  expireAt(timeMs: number): void {
    this.queue.push(timeMs, EXPIRY, new ExpiryEvent(timeMs));
  }

  /** Reward of the last finished step; finishes the scoring first. */
  get lastReward(): number {
    this.score();
    return this.parts.scorer.lastReward;
  }

  private ruin(): void {
    const { columns, ruinEquity } = this.parts;
    const equity = columns.equity[columns.count]!;
    if (!(equity <= ruinEquity)) {
      const step = columns.base + columns.count;
      throw new EpisodeError(
        'EQUITY_NOT_FINITE',
        `equity must be a number at every step, got ${equity} at step ${step}`,
      );
    }
    this.endReason = 'ruined';
  }

  /**
   * Ends the episode: fills under way are booked, open orders expire, the last step is marked again if that changed its
   * equity, and everything is scored.
   */
  private finish(): LoopStatus {
    this.isFinished = true;
    const { queue } = this;
    const { execution, portfolio, columns } = this.parts;
    queue.hasten(FILL);
    queue.hasten(ORDER_UPDATE);
    execution.end();
    queue.hasten(ORDER_UPDATE);
    for (const priority of [FILL, ORDER_UPDATE]) {
      while ((queue.mask & (1 << priority)) !== 0) this.dispatch(priority);
    }
    if (columns.count >= 0) {
      columns.equity[columns.count] = portfolio.account.equity;
      columns.gross[columns.count] = portfolio.account.grossExposure;
    }
    this.score();
    return 'ended';
  }

  private score(): void {
    this.parts.scorer.score(this.parts.columns, this.recorder);
  }

  private rotate(): void {
    this.parts.columns.rotate();
    this.parts.scorer.rotated();
  }
}

/** Whatever user code threw, as an episode's failure. */
function asEpisodeError(error: unknown): EpisodeError {
  if (error instanceof EpisodeError) return error;
  const message = error instanceof Error ? error.message : `threw ${preview(error)}`;
  return new EpisodeError('STRATEGY_ERROR', message, { cause: error });
}
