import { EpisodeError } from '../config/errors.ts';
import {
  CancelEvent,
  DecisionEvent,
  type FillEvent,
  OrderEvent,
  OrderUpdateEvent,
  PRIORITY,
  type SignalEvent,
  TimerEvent,
} from '../events/events.ts';
import type { EventQueue } from '../events/queue.ts';
import type { MarketRow } from '../execution/handler.ts';
import type { EndReason } from '../summary/record.ts';
import type { Audience } from './audience.ts';
import type { LoopParts, Recorder, Tracer } from './parts.ts';
import type { Cursor, MarketView } from './view.ts';

const ZERO: Float64Array = new Float64Array(1);

/** Who looks on. */
export interface Observers {
  readonly tracer: Tracer | null;
  readonly recorder: Recorder | null;
}

/** What happens at each event: the stages of trading, one method an event type. The loop decides when. */
export class Stages {
  ordersSent = 0;
  rejects = 0;
  private readonly parts: LoopParts;
  private readonly queue: EventQueue;
  private readonly cursor: Cursor;
  private readonly market: MarketView;
  private readonly decision: DecisionEvent = new DecisionEvent();
  private readonly row: MarketRow;
  private heartbeat: TimerEvent | null = null;
  private audience!: Audience;
  private observers!: Observers;

  constructor(parts: LoopParts, queue: EventQueue, cursor: Cursor, market: MarketView) {
    this.parts = parts;
    this.queue = queue;
    this.cursor = cursor;
    this.market = market;
    this.row = { symbolIndex: 0, timeMs: 0, openMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  }

  /** Starts an episode. */
  begin(audience: Audience, observers: Observers): void {
    this.audience = audience;
    this.observers = observers;
    this.ordersSent = this.rejects = 0;
  }

  /** Arms the next heartbeat, where the config asks for one. */
  beat(nowMs: number): void {
    const { heartbeatMs } = this.parts;
    if (heartbeatMs === 0) return;
    this.heartbeat = new TimerEvent(nowMs + heartbeatMs, 'heartbeat');
    this.queue.push(this.heartbeat.timeMs, PRIORITY.TIMER, this.heartbeat);
  }

  /** First half of a MARKET: resting orders execute, components look. What they cause comes before the second half. */
  onMarketRow(): void {
    const { queue, cursor, row } = this;
    const { lane, execution, openBeforeMs, portfolio, columns: steps } = this.parts;
    const at = lane.cursor++;
    const { columns } = lane;
    const s = lane.symbolIndex[at]!;
    cursor.row = at;
    cursor.isOpen = 1;
    if (lane.cursor === lane.rows || columns.timeMs[lane.cursor] !== queue.nowMs) queue.lower(PRIORITY.MARKET);
    row.symbolIndex = s;
    row.timeMs = queue.nowMs;
    row.openMs = queue.nowMs - openBeforeMs[s]!;
    row.open = columns.open[at]!;
    row.high = columns.high[at]!;
    row.low = columns.low[at]!;
    row.close = columns.close[at]!;
    row.volume = columns.volume[at]!;
    // Zero for numbers, NaN for anything else, and no sum that could overflow.
    const isSound = row.open - row.open + (row.high - row.high) + (row.low - row.low) + (row.close - row.close) === 0;
    if (!isSound) this.failOnPrice(steps.base + cursor.slot);
    if (this.observers.tracer !== null) this.observers.tracer.market(this.market);
    if (row.low <= execution.attention.low[s]! || row.high >= execution.attention.high[s]!) execution.onMarket(row);
    portfolio.account.price[s] = row.close;
    this.audience.market(this.market);
    this.decision.timeMs = queue.nowMs;
    queue.push(queue.nowMs, PRIORITY.DECISION, this.decision);
  }

  /** Second half of a MARKET: mark to market, close the step, then the strategy, except at the final step. */
  onDecision(): EndReason | null {
    const { cursor, queue } = this;
    const { lane, ruinEquity, columns } = this.parts;
    if (lane.stepEnd[cursor.row] === 1) {
      const equity = this.closeStep(queue.nowMs);
      if (this.observers.tracer !== null) this.observers.tracer.step(columns, columns.count);
      if (equity <= ruinEquity) return 'ruined';
      if (Number.isNaN(equity)) this.failOnEquity();
    }
    if (this.isFinalStep) return lane.cursor === lane.rows ? 'completed' : null;
    this.audience.decide(this.market);
    return null;
  }

  /** Writes the step's marks into the columns; returns the equity. */
  private closeStep(timeMs: number): number {
    const { columns, portfolio } = this.parts;
    const { account } = portfolio;
    const slot = ++columns.count;
    const { equity } = account;
    for (let i = 0; i < account.price.length; i++) columns.price[i]![slot] = account.price[i]!;
    // An optimistic fill at the first of several symbols has a cost before step 0 is over: it belongs to step 1.
    columns.equity[slot] = slot === 0 ? account.initialCash : equity;
    columns.gross[slot] = account.grossExposure;
    columns.timeMs[slot] = timeMs;
    this.cursor.isOpen = 0;
    if (slot === 0) {
      columns.initialEquity = account.initialCash;
      this.observers.recorder?.steps(columns, 0, 0, ZERO, []);
    }
    return equity;
  }

  onFill(fill: FillEvent): void {
    const { cursor } = this;
    const { portfolio, scorer } = this.parts;
    portfolio.onFill(fill);
    const markStep = cursor.isOpen === 1 ? cursor.step : cursor.step + 1;
    scorer.exposure.fill(fill.symbolIndex, fill.order.sign * fill.filledQty, markStep);
    if (this.observers.recorder !== null) this.observers.recorder.fill(fill, this.cursor.step);
    this.audience.fill(fill);
  }

  onOrderUpdate(update: OrderUpdateEvent): void {
    this.parts.portfolio.onOrderUpdate(update.order, update.status);
    this.audience.orderUpdate(update);
  }

  onTimer(timer: TimerEvent): void {
    if (timer === this.heartbeat) this.beat(timer.timeMs);
    this.audience.timer(timer);
  }

  /** There is no decision at the last step: nothing could come of it. */
  private get isFinalStep(): boolean {
    const { lane } = this.parts;
    return lane.final && lane.cursor > lane.lastStepRow;
  }

  /** Portfolio and risk turn a signal into an order, which travels to the market. */
  onSignal(signal: SignalEvent): void {
    if (this.isFinalStep) return;
    const { queue } = this;
    const { portfolio, columns, latencyMs } = this.parts;
    for (const { orderId } of portfolio.replacedBy(signal)) this.onCancel(new CancelEvent(queue.nowMs, orderId));
    const decision = portfolio.decide(signal);
    if (decision.kind === 'nothing') return;
    const { order } = decision;
    if (decision.kind === 'approved') {
      const arrivalMs = queue.nowMs + latencyMs;
      this.ordersSent++;
      columns.orders[this.cursor.slot]!++;
      queue.push(arrivalMs, PRIORITY.ORDER, new OrderEvent(arrivalMs, order));
    } else {
      this.rejects++;
      this.observers.recorder?.reject?.(order, decision.reason, this.cursor.step, queue.nowMs);
      queue.push(
        queue.nowMs,
        PRIORITY.ORDER_UPDATE,
        new OrderUpdateEvent(queue.nowMs, order, 'rejected', decision.reason),
      );
    }
  }

  /** A cancel travels to the market behind the order that it is for. An order that is finished needs none. */
  onCancel({ orderId }: CancelEvent): void {
    if (!this.parts.portfolio.requestCancel(orderId)) return;
    const arrivalMs = this.queue.nowMs + this.parts.latencyMs;
    this.queue.push(arrivalMs, PRIORITY.ORDER, new CancelEvent(arrivalMs, orderId));
  }

  private failOnPrice(step: number): never {
    const { symbolIndex, open, high, low, close } = this.row;
    const received = [open, high, low, close].find((price) => !Number.isFinite(price));
    const symbol = this.parts.symbols[symbolIndex]!;
    const rule = `the price of ${symbol} must be a finite number at every step`;
    throw new EpisodeError('MARKET_PRICE_NOT_FINITE', `${rule}, got ${received} at step ${step}`);
  }

  private failOnEquity(): never {
    const { columns } = this.parts;
    const step = columns.base + columns.count;
    throw new EpisodeError('EQUITY_NOT_FINITE', `equity must be a number at every step, got NaN at step ${step}`);
  }

  /** Marks the last step once more: fills that were under way are booked. */
  markAgain(): void {
    const { columns, portfolio } = this.parts;
    if (columns.count < 0) return;
    columns.equity[columns.count] = portfolio.account.equity;
    columns.gross[columns.count] = portfolio.account.grossExposure;
  }
}
