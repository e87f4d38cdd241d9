import { type ActionScheme, createActions } from '../action/index.ts';
import { EpisodeError } from '../config/errors.ts';
import type { Config } from '../config/schema.ts';
import { builtinFeatures } from '../observation/features/index.ts';
import { Observer } from '../observation/observer.ts';
import type { RandomStream } from '../random/stream.ts';
import type { Strategy, StrategyContext } from '../strategy/strategy.ts';
import { LAST_ROW } from './lane.ts';
import type { EventLoop } from './loop.ts';
import type { Cast, SimulationParts } from './parts.ts';

const HANDLERS = ['onStart', 'onFill', 'onOrderUpdate', 'onTimer', 'onEvent'] as const;

/** What a config with `environment` needs beyond the markets. */
export interface AgentSetup {
  readonly symbols: readonly string[];
  readonly intervalMs: number;
  readonly stepsPerYear: number;
  readonly steps: number;
}

/**
 * The agent's side of an episode: it shows each MARKET to the observer, asks for a decision once a step (at the last MARKET of
 * its time), and knows the actions.
 */
export class AgentPort {
  readonly observer: Observer;
  readonly actions: ActionScheme;
  private readonly warmup: number;
  private readonly observation: Float32Array;
  /** MARKETs of the current step that the observer has seen. */
  private seen = 0;

  /** Throws ConfigError where what the config names does not exist or fit. */
  constructor(config: Config, setup: AgentSetup, features: SimulationParts['features']) {
    const { allowShort, risk } = config.portfolio;
    const { maxLeverage } = risk;
    const { observations, actions, warmup } = config.environment!;
    this.observer = new Observer(observations, { ...builtinFeatures, ...features }, { ...setup, maxLeverage }, warmup);
    this.actions = createActions(actions, { symbols: setup.symbols, allowShort, maxLeverage });
    this.warmup = warmup;
    this.observation = new Float32Array(this.observer.size);
  }

  /** Starts an episode, with a random stream for each feature. */
  begin(streams: readonly RandomStream[]): void {
    this.seen = 0;
    this.observer.begin(streams);
  }

  /** Hands each decision to the caller of `advance`. */
  external(loop: EventLoop): Cast['strategy'] {
    return {
      onMarket: (market) => {
        this.observer.onMarket(market, loop.parts.lane, loop.cursor.row);
        if (this.isDecision(loop)) loop.pause();
      },
    };
  }

  /** A strategy that is told observations beside everything else. */
  wrap(strategy: Strategy, loop: EventLoop): Cast['strategy'] {
    const wrapped: Strategy & Cast['strategy'] = {
      onMarket: (market, context) => {
        this.observer.onMarket(market, loop.parts.lane, loop.cursor.row);
        strategy.onMarket?.(market, context);
        if (!this.isDecision(loop)) return;
        this.observer.write(this.observation, 0, loop.account);
        strategy.onObservation!(this.observation, context);
      },
    };
    for (const name of HANDLERS) {
      if (strategy[name] === undefined) continue;
      wrapped[name] = (first: never, context?: StrategyContext) => strategy[name]!(first, context as never);
    }
    return wrapped;
  }

  private isDecision(loop: EventLoop): boolean {
    const { cursor, parts } = loop;
    if (parts.lane.stepEnd[cursor.row] === 0) {
      this.seen++;
      return false;
    }
    this.seen = 0;
    return cursor.step >= this.warmup;
  }

  /** Writes the observation of the decision that is asked for, or of the ended episode. */
  observe(loop: EventLoop, out: Float32Array, at: number): void {
    if (loop.endReason !== null) this.seeEnd(loop);
    this.observer.write(out, at, loop.account);
  }

  /** At the last step no strategy decides: the observer has yet to see its MARKETs. */
  private seeEnd(loop: EventLoop): void {
    const { cursor, market, parts } = loop;
    const { stepEnd } = parts.lane;
    const last = cursor.row;
    // The strategy saw the last MARKET of data that ended without notice.
    if (last === LAST_ROW || this.seen < 0) return;
    let first = last;
    while (first > 0 && stepEnd[first - 1] === 0) first--;
    for (let row = first + this.seen; row <= last; row++) {
      cursor.row = row;
      this.observer.onMarket(market, parts.lane, row);
    }
    this.seen = -1;
  }
}

/** A strategy that wants observations needs a config that says what they are. */
export function needEnvironment(strategy: Strategy): void {
  if (strategy.onObservation === undefined) return;
  const wayOut = 'for example environment: { observations: [{ use: returns, count: 8 }] }';
  throw new EpisodeError('STRATEGY_ERROR', `onObservation needs environment in the config; ${wayOut}`);
}
