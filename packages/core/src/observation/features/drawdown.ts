import { defineFeature, type Feature, type FeatureDefinition, type ObservedAccount } from '../feature.ts';

class Drawdown implements Feature {
  readonly labels = ['drawdown'];
  readonly low = 0;
  readonly high = 1;
  private peak = 0;

  begin(): void {
    this.peak = 0;
  }

  write(out: Float64Array, at: number, { equity, initialCash }: ObservedAccount): void {
    this.peak = Math.max(this.peak, equity, initialCash);
    out[at] = Math.min(1 - equity / this.peak, 1);
  }
}

/** 1 - equity / its highest value at a decision so far, the initial cash included; at most 1. */
export const drawdown: FeatureDefinition = defineFeature({
  name: 'drawdown',
  description: 'Loss of equity since its highest point, as a fraction.',
  parameters: {},
  create: () => new Drawdown(),
}) as FeatureDefinition;
