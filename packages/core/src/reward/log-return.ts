import type { StepColumns } from '../events/steps.ts';
import { defineReward, LOG_FLOOR, type RewardDefinition, type RewardTerm } from './term.ts';

class LogReturn implements RewardTerm {
  begin(): void {}

  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void {
    const { equity } = steps;
    const floor = LOG_FLOOR * steps.initialEquity;
    let before = Math.max(equity[from - 1]!, floor);
    for (let i = from; i <= to; i++) {
      const now = Math.max(equity[i]!, floor);
      out[i] = now === before ? 0 : Math.log(now / before);
      before = now;
    }
  }
}

/** log(equity / equity of the step before); equity counts as at least 1e-4 of the initial. */
export const logReturn: RewardDefinition = defineReward({
  name: 'log-return',
  description: 'Logarithm of the growth of equity over the step.',
  parameters: {},
  create: () => new LogReturn(),
}) as RewardDefinition;
