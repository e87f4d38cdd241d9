import type { ParameterSpecs, ParametersOf } from '../config/parameters.ts';
import type { RandomStream } from '../random/stream.ts';

/** The MARKET being handled, see MarketEvent. One object that changes: copy what you keep. */
export interface ObservedMarket {
  readonly timeMs: number;
  readonly step: number;
  readonly symbolIndex: number;
  readonly price: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The account at a decision: money in quote currency, positions in base units, one entry a symbol. */
export interface ObservedAccount {
  readonly cash: number;
  readonly equity: number;
  readonly initialCash: number;
  readonly grossExposure: number;
  readonly position: Float64Array;
  /** NaN before a symbol's first MARKET. */
  readonly price: Float64Array;
  /** 0 when flat. */
  readonly avgPx: Float64Array;
}

/** What is fixed before an episode starts. */
export interface FeatureSetup {
  readonly symbols: readonly string[];
  readonly intervalMs: number;
  readonly stepsPerYear: number;
  /** Steps of the config; Infinity where it is open-ended. Episodes may be shorter. */
  readonly steps: number;
  /** Gross exposure over equity at most, checked at ORDER. */
  readonly maxLeverage: number;
}

/**
 * Some numbers of an observation. It is told every MARKET, and asked at each decision: what it answers is a function of
 * what it was told so far in the episode, and of its own random stream.
 */
export interface Feature {
  /** One name a number. */
  readonly labels: readonly string[];
  /** No number is smaller. May be -Infinity. */
  readonly low: number;
  /** No number is greater. May be Infinity. */
  readonly high: number;
  /**
   * `write` looks at no account. The numbers of such a feature may be asked for ahead: after a MARKET that the loop knows and
   * the agent does not, in the same order as ever.
   */
  readonly isOfMarket?: boolean;
  /**
   * What `write` gives follows from the account alone, and it keeps nothing: it may be asked for accounts that may yet come out
   * otherwise.
   */
  readonly isInstant?: boolean;
  /** A new episode: nothing of the one before remains. */
  begin(random: RandomStream): void;
  /** Every MARKET of every symbol, in order. */
  onMarket?(market: ObservedMarket): void;
  /**
   * `onMarket` and `write` for `count` MARKETs, one after the other, with numbers from `at` on, `stride` apart. A feature of the market
   * may have it for speed, in its own class: there V8 knows what the two calls are and inlines them.
   */
  fill?(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void;
  /** Writes one finite number for each label, at each decision. */
  write(out: Float64Array, at: number, account: ObservedAccount): void;
}

/** A feature as `environment.observations` names it. */
export interface FeatureDefinition<S extends ParameterSpecs = ParameterSpecs> {
  readonly name: string;
  readonly description: string;
  readonly parameters: S;
  /** A rule over several parameters: returns what is wrong, or undefined. */
  check?(parameters: ParametersOf<S>): string | undefined;
  /** Throws RangeError where the parameters do not go with the setup, such as a symbol that is not there. */
  create(parameters: ParametersOf<S>, setup: FeatureSetup): Feature;
}

/** Types a definition by its own parameters; returns it unchanged. */
export function defineFeature<const S extends ParameterSpecs>(definition: FeatureDefinition<S>): FeatureDefinition<S> {
  return definition;
}
