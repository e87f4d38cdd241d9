import type { AgentDefinition } from '../agent/agent.ts';
import type { FillEvent, OrderReason, QueuedEvent } from '../events/events.ts';
import type { Order } from '../events/order.ts';
import type { StepColumns } from '../events/steps.ts';
import type { ExecutionHandler } from '../execution/handler.ts';
import type { CandleSeries, MarketDataHandler } from '../market/handler.ts';
import type { FeatureDefinition } from '../observation/feature.ts';
import type { Portfolio } from '../portfolio/portfolio.ts';
import type { RewardDefinition } from '../reward/term.ts';
import type {
  Component,
  ComponentDefinition,
  Context,
  MarketEvent,
  Strategy,
  StrategyContext,
  StrategyDefinition,
} from '../strategy/strategy.ts';
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

/** Receives fills and refused orders with their step; steps come through StepSink. */
export interface Recorder extends StepSink {
  fill(fill: FillEvent, step: number): void;
  reject?(order: Order, reason: OrderReason, step: number, timeMs: number): void;
}

/** What an event loop runs on. What is not readonly may be replaced between episodes. */
export interface LoopParts {
  readonly symbols: readonly string[];
  readonly lane: MarketLane;
  /** For each symbol: ms from the open of trading to the MARKET; 0 for quotes. */
  readonly openBeforeMs: number[];
  portfolio: Portfolio;
  execution: ExecutionHandler;
  readonly scorer: Scorer;
  readonly columns: StepColumns;
  latencyMs: number;
  heartbeatMs: number;
  ruinEquity: number;
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
  /** The strategy is an agent that halts the loop at each step and does nothing else. */
  readonly isHalting?: boolean;
}

/** What a config only names: loaded files, and, outside ensembles, other market and execution handlers. */
export interface SimulationParts {
  /** Candles of `replay` and `bootstrap` markets, by symbol. */
  readonly candles?: Readonly<Record<string, CandleSeries>>;
  /** Definitions of `use: ./file`, by the text of `use`. */
  readonly strategies?: Readonly<Record<string, StrategyDefinition>>;
  readonly components?: Readonly<Record<string, ComponentDefinition>>;
  readonly rewards?: Readonly<Record<string, RewardDefinition>>;
  readonly features?: Readonly<Record<string, FeatureDefinition>>;
  /** Agents that learn; a simulation itself needs none. */
  readonly agents?: Readonly<Record<string, AgentDefinition>>;
  /** Replaces the config's markets: live feeds, one per symbol in config order. */
  readonly handlers?: readonly MarketDataHandler[];
  /** Replaces the simulated market: a paper account, an exchange. */
  readonly execution?: ExecutionHandler;
  /** Decisions come from outside: `advance` returns `decision` at each MARKET, and `context` takes the answer. */
  readonly external?: boolean;
}

/** A definition with its checked parameters. */
export interface Chosen<D> {
  readonly definition: D;
  readonly parameters: Record<string, unknown>;
}
