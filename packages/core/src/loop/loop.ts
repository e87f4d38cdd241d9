import { EpisodeError } from '../config/errors.ts';
import {
  type AnyCustomEvent,
  CancelEvent,
  DecisionEvent,
  type FillEvent,
  OrderEvent,
  OrderUpdateEvent,
  type SignalEvent,
  TimerEvent,
} from '../events/events.ts';
import { EventQueue } from '../events/queue.ts';
import type { StepColumns } from '../events/steps.ts';
import type { MarketRow } from '../execution/handler.ts';
import type { Account } from '../portfolio/account.ts';
import type { EndReason } from '../summary/record.ts';
import { Audience } from './audience.ts';
import { asEpisodeError } from './failure.ts';
import { LAST_ROW } from './lane.ts';
import type { Cast, LoopParts, LoopStatus, Recorder, Tracer } from './parts.ts';
import { QuietStretch } from './quiet.ts';
import { TimedReports } from './reports.ts';
import { Cursor, MarketView } from './view.ts';

// The priorities as literals: the switch below runs on them. A test holds them against PRIORITY.
const PAUSE = 0;
const FILL = 1;
const ORDER_UPDATE = 2;
const DECISION = 3;
const SIGNAL = 4;
const ORDER = 5;
const CUSTOM = 6;
const MARKET = 7;
const TIMER = 8;
const EXPIRY = 9;
const WAKE = 10;

const HEARTBEAT = 'heartbeat';
const ZERO: Float64Array = new Float64Array(1);

/**
 * The event loop of an episode.
 *
 * `advance` delivers events in the order (time, priority, sequence). MARKETs at which nothing else is due, nearly all of
 * them, go through `quiet`, which does for them what `dispatch` does: mark, close the step, call the strategy. Rewards and
 * statistics follow in passes over whole blocks of steps.
 */
export class EventLoop {
  readonly parts: LoopParts;
  readonly queue: EventQueue = new EventQueue();
  readonly cursor: Cursor;
  readonly market: MarketView;
  endReason: EndReason | null = null;
  ordersSent = 0;
  rejects = 0;
  nextOrderId = 1;
  tracer: Tracer | null = null;
  recorder: Recorder | null = null;
  private readonly stretch: QuietStretch;
  private readonly reports: TimedReports;
  private audience!: Audience;
  private cast!: Cast;
  private delivered = 0;
  private isQuietAllowed = true;
  private isFinished = false;
  private stepLimit = 0;
  private readonly decision: DecisionEvent = new DecisionEvent();
  private readonly row: MarketRow;

  constructor(parts: LoopParts) {
    this.parts = parts;
    this.cursor = new Cursor(parts.lane, parts.columns, parts.symbols);
    this.market = new MarketView(this.cursor);
    this.stretch = new QuietStretch(parts, this.cursor);
    this.reports = new TimedReports(this.queue, parts.portfolio, parts.latencyMs);
    this.row = { symbolIndex: 0, timeMs: 0, openMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  }

  /** Starts an episode: the lane must have begun. Handlers' onStart run here. */
  begin(startMs: number, cast: Cast): void {
    const { portfolio, execution, columns, heartbeatMs, scorer } = this.parts;
    this.queue.reset(startMs);
    columns.begin();
    portfolio.reset();
    scorer.begin(portfolio.account.initialCash);
    this.stretch.begin();
    this.endReason = null;
    this.isFinished = false;
    this.delivered = this.reports.silentUpdates = this.ordersSent = this.rejects = 0;
    this.nextOrderId = 1;
    this.cursor.row = LAST_ROW;
    this.cursor.isOpen = 1;
    this.cursor.isQuiet = false;
    this.stepLimit = this.parts.eventsPerStep;
    this.cast = cast;
    this.audience = new Audience(cast);
    this.isQuietAllowed = !this.audience.isWatching && this.tracer === null;
    this.reports.isUpdateHeard = this.tracer !== null || this.audience.hearsUpdates;
    execution.begin(this.reports);
    if (heartbeatMs > 0)
      this.queue.push(startMs + heartbeatMs, TIMER, new TimerEvent(startMs + heartbeatMs, HEARTBEAT));
    try {
      this.audience.start();
    } catch (error) {
      this.isFinished = true;
      throw asEpisodeError(error, 'STRATEGY_ERROR');
    }
  }

  /** Nothing is left to advance: the episode that was to begin could not. */
  abandon(): void {
    this.isFinished = true;
  }

  /** Events delivered in this episode; both halves of a MARKET are one. */
  get events(): number {
    return this.delivered + this.reports.silentUpdates;
  }

  /**
   * Delivers events until the episode ends, a decision is asked for, a live feed runs dry or about `budget` MARKET rows are
   * handled. Where it stops changes nothing in what follows.
   *
   * @throws EpisodeError with the code of the failure; the episode is over then
   */
  advance(budget: number = Number.POSITIVE_INFINITY): LoopStatus {
    if (this.isFinished) return 'ended';
    try {
      return this.endReason === null ? this.run(budget) : this.finish();
    } catch (error) {
      this.isFinished = true;
      throw asEpisodeError(error, 'STRATEGY_ERROR');
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
          return this.endReason === null ? 'decision' : this.finish();
        }
        this.dispatch(priority);
        if (this.endReason !== null) return this.finish();
      }
      if (lane.cursor === lane.rows) {
        this.rotate();
        // The row that was handled last stays readable while its block is overwritten.
        lane.keepRow(this.cursor.row);
        this.cursor.row = LAST_ROW;
        if (!lane.refill()) {
          if (!lane.final) return 'waiting';
          this.endReason = 'completed';
          return this.finish();
        }
      }
      if (rowsLeft <= 0) return 'yielded';
      rowsLeft -= this.quiet(rowsLeft);
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
    const { queue, tracer } = this;
    if (priority === WAKE) {
      queue.lower(WAKE);
      return;
    }
    if (priority === MARKET) {
      this.onMarketRow();
      return;
    }
    const event = queue.shift(priority);
    if (priority !== DECISION) this.countEvent();
    if (tracer !== null) tracer.event(event, this.cursor.step);
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
        if (event.type === 'CANCEL') this.onCancel(event);
        else this.onSignal(event as SignalEvent);
        return;
      case ORDER:
        if (event.type === 'CANCEL') this.parts.execution.cancel(event.orderId, queue.nowMs);
        else this.parts.execution.submit((event as OrderEvent).order, queue.nowMs);
        return;
      case CUSTOM:
        this.audience.custom(event as AnyCustomEvent);
        return;
      case TIMER:
        this.onTimer(event as TimerEvent);
        return;
      case EXPIRY:
        this.parts.execution.expire(queue.nowMs);
    }
  }

  /**
   * MARKETs at which nothing else is due, one strategy call each. Returns how many; stops before the first that needs the
   * general path, after one at which the strategy acted, and before the final step.
   */
  private quiet(budget: number): number {
    const { queue, cursor, market, stretch } = this;
    const { strategy, strategyContext } = this.cast;
    const { lane, columns } = this.parts;
    if (!this.isQuietAllowed || !lane.isRegular || columns.count < 0) return 0;
    const start = lane.cursor;
    const end = stretch.prepare(start, Math.min(lane.quietRows, start + budget), queue.nextMs);
    if (end === start) return 0;
    let row = start;
    cursor.isQuiet = true;
    do {
      cursor.row = row++;
      strategy.onMarket(market, strategyContext);
    } while (row < end && queue.mask === 0);
    this.synchronize();
    cursor.isQuiet = false;
    lane.cursor = row;
    stretch.adapt(row - start, queue.mask === 0);
    this.delivered += row - start;
    this.stepLimit = this.parts.eventsPerStep;
    return row - start;
  }

  /** The ledger as of the MARKET being handled. */
  get account(): Account {
    this.synchronize();
    return this.parts.portfolio.account;
  }

  /** Brings clock, account and columns to the MARKET being handled; in a quiet stretch they lag behind. */
  synchronize(): void {
    if (!this.cursor.isQuiet) return;
    const { row } = this.cursor;
    this.queue.nowMs = this.parts.lane.columns.timeMs[row]!;
    this.stretch.settle(row);
  }

  /** First half of a MARKET: resting orders execute, components look. What they cause comes before the second half. */
  private onMarketRow(): void {
    const { queue, cursor, row } = this;
    const { lane, execution, openBeforeMs, portfolio, columns: steps } = this.parts;
    const at = lane.cursor++;
    const { columns } = lane;
    const s = lane.symbolIndex[at]!;
    this.delivered++;
    this.stepLimit = this.parts.eventsPerStep;
    cursor.row = at;
    cursor.isOpen = 1;
    if (lane.cursor === lane.rows || columns.timeMs[lane.cursor] !== queue.nowMs) queue.lower(MARKET);
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
    if (this.tracer !== null) this.tracer.market(this.market);
    if (row.low <= execution.attention.low[s]! || row.high >= execution.attention.high[s]!) execution.onMarket(row);
    portfolio.account.price[s] = row.close;
    this.audience.market(this.market);
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
    if (!this.isFinalStep) this.audience.decide(this.market);
    else if (lane.cursor === lane.rows) this.endReason = 'completed';
  }

  /** Writes the step's marks into the columns; returns the equity. */
  private closeStep(timeMs: number): number {
    const { columns, portfolio } = this.parts;
    const { account } = portfolio;
    const slot = ++columns.count;
    const { equity } = account;
    for (let i = 0; i < account.price.length; i++) columns.price[i]![slot] = account.price[i]!;
    columns.equity[slot] = equity;
    columns.gross[slot] = account.grossExposure;
    columns.timeMs[slot] = timeMs;
    this.cursor.isOpen = 0;
    if (slot === 0) {
      columns.initialEquity = equity;
      this.recorder?.steps(columns, 0, 0, ZERO, []);
    }
    return equity;
  }

  private onFill(fill: FillEvent): void {
    this.parts.portfolio.onFill(fill);
    if (this.recorder !== null) this.recorder.fill(fill, this.cursor.step);
    this.audience.fill(fill);
  }

  private onOrderUpdate(update: OrderUpdateEvent): void {
    this.parts.portfolio.onOrderUpdate(update.order, update.status);
    this.audience.orderUpdate(update);
  }

  private onTimer(timer: TimerEvent): void {
    if (timer.tag === HEARTBEAT) {
      const next = timer.timeMs + this.parts.heartbeatMs;
      this.queue.push(next, TIMER, new TimerEvent(next, HEARTBEAT));
    }
    this.audience.timer(timer);
  }

  /** There is no decision at the last step: nothing could come of it. */
  private get isFinalStep(): boolean {
    const { lane } = this.parts;
    return lane.final && lane.cursor > lane.lastStepRow;
  }

  /** Portfolio and risk turn a signal into an order, which travels to the market. */
  private onSignal(signal: SignalEvent): void {
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
      queue.push(arrivalMs, ORDER, new OrderEvent(arrivalMs, order));
    } else {
      this.rejects++;
      queue.push(queue.nowMs, ORDER_UPDATE, new OrderUpdateEvent(queue.nowMs, order, 'rejected', decision.reason));
    }
  }

  /** A cancel travels to the market behind the order that it is for. An order that is finished needs none. */
  private onCancel({ orderId }: CancelEvent): void {
    if (!this.parts.portfolio.requestCancel(orderId)) return;
    const arrivalMs = this.queue.nowMs + this.parts.latencyMs;
    this.queue.push(arrivalMs, ORDER, new CancelEvent(arrivalMs, orderId));
  }

  /** Hands the episode to the caller of `advance` once the current event is handled. */
  pause(): void {
    this.queue.raise(PAUSE);
  }

  /** Ends the episode at the strategy's wish, once the event being handled is done. */
  stop(): void {
    this.endReason = 'stopped';
    this.queue.raise(PAUSE);
  }

  /** Reward of the last finished step. */
  get lastReward(): number {
    this.synchronize();
    this.score(this.parts.columns.count);
    return this.parts.scorer.lastReward;
  }

  private countEvent(): void {
    this.delivered++;
    if (--this.stepLimit >= 0) return;
    const limit = this.parts.eventsPerStep;
    throw new EpisodeError(
      'EVENT_LIMIT',
      `between two MARKETs there must be at most ${limit} events (limits.eventsPerStep), after step ${this.cursor.step} there are more`,
    );
  }

  private failOnPrice(step: number): never {
    const { symbolIndex, open, high, low, close } = this.row;
    const received = [open, high, low, close].find((price) => !Number.isFinite(price));
    const symbol = this.parts.symbols[symbolIndex]!;
    const rule = `the price of ${symbol} must be a finite number at every step`;
    throw new EpisodeError('MARKET_PRICE_NOT_FINITE', `${rule}, got ${received} at step ${step}`);
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
    this.drain();
    // What was still on its way to the market expires as well.
    for (const order of portfolio.working.toArray()) {
      queue.push(queue.nowMs, ORDER_UPDATE, new OrderUpdateEvent(queue.nowMs, order, 'expired', 'EPISODE_END'));
    }
    this.drain();
    this.markAgain(columns);
    this.score(columns.count);
    return 'ended';
  }

  private drain(): void {
    for (const priority of [FILL, ORDER_UPDATE]) {
      while ((this.queue.mask & (1 << priority)) !== 0) this.dispatch(priority);
    }
  }

  private markAgain(columns: StepColumns): void {
    if (columns.count < 0) return;
    columns.equity[columns.count] = this.parts.portfolio.account.equity;
    columns.gross[columns.count] = this.parts.portfolio.account.grossExposure;
  }

  /** Scores the steps up to a slot. */
  private score(to: number): void {
    if (this.recorder !== null) this.stretch.writeTimes(this.parts.columns.count);
    this.parts.scorer.score(this.parts.columns, to, this.recorder);
  }

  /** Makes room for the next block. The last step stays open: fills under way may mark it again should it be the final one. */
  private rotate(): void {
    const { columns, scorer } = this.parts;
    this.score(columns.count - 1);
    const { base } = columns;
    columns.rotate();
    scorer.rotated(columns.base - base);
    this.cursor.slotOffset = columns.count + 1;
  }
}
