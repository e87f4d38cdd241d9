import { defineFeature, type Feature, type FeatureDefinition, type ObservedAccount } from '../feature.ts';
import { FLOOR, logRatio } from './price-floor.ts';

class Equity implements Feature {
  readonly isInstant: boolean = true;
  readonly labels = ['equity'];
  readonly low = Math.log(FLOOR);
  readonly high = Number.POSITIVE_INFINITY;

  begin(): void {}

  write(out: Float64Array, at: number, { equity, initialCash }: ObservedAccount): void {
    out[at] = Math.max(logRatio(Math.max(equity, FLOOR * initialCash), initialCash), this.low);
  }
}

/** log(equity / initial cash). Equity counts as at least 1e-4 of the initial cash. */
export const equity: FeatureDefinition = defineFeature({
  name: 'equity',
  description: 'Growth of equity since the start, as a logarithm.',
  parameters: {},
  create: () => new Equity(),
}) as FeatureDefinition;
