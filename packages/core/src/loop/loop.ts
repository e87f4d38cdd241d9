import { EpisodeError } from '../config/errors.ts';
import {
  type AnyCustomEvent,
  type FillEvent,
  type OrderEvent,
  OrderUpdateEvent,
  type SignalEvent,
  type TimerEvent,
} from '../events/events.ts';
import { EventQueue } from '../events/queue.ts';
import type { Account } from '../portfolio/account.ts';
import type { EndReason } from '../summary/record.ts';
import { Audience } from './audience.ts';
import { asEpisodeError } from './failure.ts';
import { LAST_ROW } from './lane.ts';
import type { Cast, LoopParts, LoopStatus, Recorder, Tracer } from './parts.ts';
import { QuietStretch } from './quiet.ts';
import { TimedReports } from './reports.ts';
import { Stages } from './stages.ts';
import { Cursor, MarketView } from './view.ts';

const PAUSE_BIT = 1;

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
  nextOrderId = 1;
  tracer: Tracer | null = null;
  recorder: Recorder | null = null;
  private readonly stretch: QuietStretch;
  readonly stages: Stages;
  private readonly reports: TimedReports;
  private audience!: Audience;
  private cast!: Cast;
  private delivered = 0;
  private isQuietAllowed = true;
  private isFinished = false;
  private stepLimit = 0;

  constructor(parts: LoopParts) {
    this.parts = parts;
    this.cursor = new Cursor(parts.lane, parts.columns, parts.symbols);
    this.market = new MarketView(this.cursor);
    this.stretch = new QuietStretch(parts, this.cursor);
    this.stages = new Stages(parts, this.queue, this.cursor, this.market);
    this.reports = new TimedReports(this.queue);
  }

  /** Starts an episode: the lane must have begun. Handlers' onStart run here. */
  begin(startMs: number, cast: Cast): void {
    const { portfolio, execution, columns, scorer } = this.parts;
    this.queue.reset(startMs);
    columns.begin();
    portfolio.reset();
    scorer.begin(portfolio.account.initialCash);
    this.stretch.begin();
    this.endReason = null;
    this.isFinished = false;
    this.delivered = 0;
    this.reports.begin(this.parts);
    this.nextOrderId = 1;
    this.cursor.row = LAST_ROW;
    this.cursor.isOpen = 1;
    this.cursor.isQuiet = false;
    this.stepLimit = this.parts.eventsPerStep;
    this.cast = cast;
    this.audience = new Audience(cast);
    this.stages.begin(this.audience, { tracer: this.tracer, recorder: this.recorder });
    this.isQuietAllowed = !this.audience.isWatching && this.tracer === null;
    this.reports.isUpdateHeard = this.tracer !== null || this.audience.hearsUpdates;
    execution.begin(this.reports);
    this.stages.beat(startMs);
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
    this.delivered = this.reports.silentUpdates = 0;
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
    const { queue, stages, tracer } = this;
    if (priority === WAKE) {
      queue.lower(WAKE);
      return;
    }
    if (priority === MARKET) {
      this.delivered++;
      this.stepLimit = this.parts.eventsPerStep;
      stages.onMarketRow();
      return;
    }
    const event = queue.shift(priority);
    if (priority !== DECISION) this.countEvent();
    if (tracer !== null) tracer.event(event, this.cursor.step);
    switch (priority) {
      case FILL:
        stages.onFill(event as FillEvent);
        return;
      case ORDER_UPDATE:
        stages.onOrderUpdate(event as OrderUpdateEvent);
        return;
      case DECISION:
        this.endReason = stages.onDecision() ?? this.endReason;
        return;
      case SIGNAL:
        if (event.type === 'CANCEL') stages.onCancel(event);
        else stages.onSignal(event as SignalEvent);
        return;
      case ORDER:
        if (event.type === 'CANCEL') this.parts.execution.cancel(event.orderId, queue.nowMs);
        else this.parts.execution.submit((event as OrderEvent).order, queue.nowMs);
        return;
      case CUSTOM:
        this.audience.custom(event as AnyCustomEvent);
        return;
      case TIMER:
        stages.onTimer(event as TimerEvent);
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

  /**
   * `advance` for an agent that decides from outside. It halts at each step, so nothing is written ahead: where nothing is due but
   * the next step, that step is all there is to do.
   */
  advanceToDecision(): LoopStatus {
    const { queue, parts, cast } = this;
    if (this.endReason !== null || this.isFinished || queue.mask !== 0 || !this.isQuietAllowed) return this.advance();
    const { lane, columns, symbols } = parts;
    const start = lane.cursor;
    if (!lane.isRegular || columns.count < 0 || !this.stretch.markStep(start, queue.nextMs)) return this.advance();
    queue.nowMs = lane.columns.timeMs[start]!;
    const end = start + symbols.length;
    lane.cursor = end;
    this.delivered += end - start;
    this.stepLimit = parts.eventsPerStep;
    try {
      for (let row = start; row < end; row++) {
        this.cursor.row = row;
        cast.strategy.onMarket(this.market, cast.strategyContext);
      }
    } catch (error) {
      this.isFinished = true;
      throw asEpisodeError(error, 'STRATEGY_ERROR');
    }
    return (queue.mask as number) === PAUSE_BIT ? this.halt() : this.advance();
  }

  /**
   * Marks steps to come, `most` of them at most, as they are if the agent does nothing, and returns the row after the last of them. The
   * loop stays where it is; see `passTo`.
   */
  markAhead(most: number): number {
    const { queue, parts, isQuietAllowed, isFinished } = this;
    const { lane, columns, symbols } = parts;
    const start = lane.cursor;
    if (isFinished || !isQuietAllowed || queue.mask !== 0 || !lane.isRegular || columns.count < 0) return start;
    const end = this.stretch.prepare(start, lane.quietRows, queue.nextMs, most);
    return end - ((end - start) % symbols.length);
  }

  /** The agent did nothing at the marked steps up to `row`, the last of one: the loop stands there. */
  passTo(row: number): void {
    const { lane, columns, scorer } = this.parts;
    this.delivered += row + 1 - lane.cursor;
    this.stepLimit = this.parts.eventsPerStep;
    lane.cursor = row + 1;
    this.cursor.row = row;
    this.queue.nowMs = lane.columns.timeMs[row]!;
    this.stretch.settle(row);
    this.stretch.writeTimes(scorer.nextSlot, columns.count);
  }

  private halt(): LoopStatus {
    this.queue.lower(PAUSE);
    return 'decision';
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
    const { columns, scorer } = this.parts;
    // An agent from outside halts at each step, and each has its time.
    if (this.cast.isHalting !== true) this.stretch.writeTimes(scorer.nextSlot, columns.count);
    return scorer.reward(columns, columns.count);
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
    this.stages.markAgain();
    this.score(columns.count);
    return 'ended';
  }

  private drain(): void {
    for (const priority of [FILL, ORDER_UPDATE]) {
      while ((this.queue.mask & (1 << priority)) !== 0) this.dispatch(priority);
    }
  }

  /** Scores the steps up to a slot. */
  private score(to: number): void {
    const { columns, scorer } = this.parts;
    this.stretch.writeTimes(scorer.nextSlot, columns.count);
    scorer.score(columns, to, this.recorder);
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
