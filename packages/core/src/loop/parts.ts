import type { FillEvent, QueuedEvent } from '../events/events.ts';
import type { StepColumns } from '../events/steps.ts';
import type { ExecutionHandler } from '../execution/handler.ts';
import type { Portfolio } from '../portfolio/portfolio.ts';
import type { Component, Context, MarketEvent, Strategy, StrategyContext } from '../strategy/strategy.ts';
import type { MarketLane } from './lane.ts';
import type { Scorer, StepSink } from './scorer.ts';

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

/** A component of one episode, with what it may see. */
export interface ComponentRole {
  readonly name: string;
  readonly component: Component;
  readonly context: Context;
}

/** The parts of one episode that users write. */
export interface Cast {
  readonly strategy: Strategy & Required<Pick<Strategy, 'onMarket'>>;
  readonly strategyContext: StrategyContext;
  readonly components: readonly ComponentRole[];
}
