import type { StepColumns } from '../events/steps.ts';
import { defineReward, type RewardDefinition, type RewardTerm } from './term.ts';

class DrawdownPenalty implements RewardTerm {
  private readonly scale: number;
  private peak = 0;
  private isFirst = true;

  constructor(scale: number) {
    this.scale = scale;
  }

  begin(): void {
    this.isFirst = true;
  }

  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void {
    const { equity } = steps;
    if (this.isFirst) this.peak = equity[from - 1]!;
    this.isFirst = false;
    let { peak } = this;
    for (let i = from; i <= to; i++) {
      const now = equity[i]!;
      if (now > peak) peak = now;
      out[i] = now < peak ? -this.scale * (1 - now / peak) : 0;
    }
    this.peak = peak;
  }
}

/** -scale x drawdown, the fraction lost since the highest equity of the episode. */
export const drawdownPenalty: RewardDefinition = defineReward({
  name: 'drawdown',
  description: 'Penalty proportional to the current drawdown of equity.',
  parameters: { scale: { type: 'number', minimum: 0, default: 0.01 } },
  create: ({ scale }) => new DrawdownPenalty(scale),
}) as RewardDefinition;
