import type { StepColumns } from '../events/steps.ts';
import { logRatioInto } from './log-ratio.ts';
import { defineReward, LOG_FLOOR, type RewardDefinition, type RewardTerm } from './term.ts';

class LogReturn implements RewardTerm {
  readonly isInstant: boolean = true;
  begin(): void {}

  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void {
    logRatioInto(steps.equity, LOG_FLOOR * steps.initialEquity, from, to, out);
  }
}

/** log(equity / equity of the step before); equity counts as at least 1e-4 of the initial. */
export const logReturn: RewardDefinition = defineReward({
  name: 'log-return',
  description: 'Logarithm of the growth of equity over the step.',
  parameters: {},
  create: () => new LogReturn(),
}) as RewardDefinition;
