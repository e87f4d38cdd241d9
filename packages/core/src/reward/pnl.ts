import type { StepColumns } from '../events/steps.ts';
import { defineReward, type RewardDefinition, type RewardTerm } from './term.ts';

class Pnl implements RewardTerm {
  readonly isInstant: boolean = true;
  private readonly scale: number;

  constructor(scale: number) {
    this.scale = scale;
  }

  begin(): void {}

  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void {
    const { equity } = steps;
    for (let i = from; i <= to; i++) out[i] = this.scale * (equity[i]! - equity[i - 1]!);
  }
}

/** scale x change of equity, quote currency. */
export const pnl: RewardDefinition = defineReward({
  name: 'pnl',
  description: 'Change of equity over the step, quote currency.',
  parameters: { scale: { type: 'number', default: 1 } },
  create: ({ scale }) => new Pnl(scale),
}) as RewardDefinition;
