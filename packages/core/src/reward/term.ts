import type { ParameterSpecs, ParametersOf } from '../config/parameters.ts';
import type { StepColumns } from '../events/steps.ts';

/**
 * A part of the reward. `evaluate` writes the part of each step in slots `from` to `to` of the columns, both included,
 * into the same slots of `out`; it is called once per step in step order, many steps at a time.
 */
export interface RewardTerm {
  /**
   * What it writes for a step follows from the columns of that step and the one before alone, and it keeps nothing: it may be asked
   * for steps that may yet come out otherwise.
   */
  readonly isInstant?: boolean;
  /** Starts an episode. */
  begin(): void;
  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void;
}

export interface RewardSetup {
  readonly symbols: readonly string[];
  readonly initialCash: number;
}

export interface RewardDefinition<S extends ParameterSpecs = ParameterSpecs> {
  readonly name: string;
  readonly description?: string;
  readonly parameters: S;
  check?(parameters: ParametersOf<S>): string | undefined;
  /** Returns why the term does not fit this ensemble, or undefined. */
  fits?(parameters: ParametersOf<S>, setup: RewardSetup): string | undefined;
  create(parameters: ParametersOf<S>, setup: RewardSetup): RewardTerm;
}

/** Types a definition by its own parameters; returns it unchanged. */
export function defineReward<const S extends ParameterSpecs>(definition: RewardDefinition<S>): RewardDefinition<S> {
  return definition;
}

/** The smallest part of the initial equity (or price) that a logarithm sees: a ruined step has a finite log return. */
export const LOG_FLOOR = 1e-4;
