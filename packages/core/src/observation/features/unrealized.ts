import {
  defineFeature,
  type Feature,
  type FeatureDefinition,
  type FeatureSetup,
  type ObservedAccount,
} from '../feature.ts';
import { FLOOR, logRatio } from './price-floor.ts';
import { symbolIndices, symbolLabels, symbolParameter } from './symbols.ts';

class Unrealized implements Feature {
  readonly isInstant: boolean = true;
  readonly labels: readonly string[];
  readonly low = Number.NEGATIVE_INFINITY;
  readonly high = Number.POSITIVE_INFINITY;
  private readonly indices: readonly number[];

  constructor(symbol: string, setup: FeatureSetup) {
    this.indices = symbolIndices(symbol, setup);
    this.labels = symbolLabels(this.indices, setup, [['unrealized']]);
  }

  begin(): void {}

  write(out: Float64Array, at: number, { position, price, avgPx }: ObservedAccount): void {
    const { indices } = this;
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!;
      const held = position[index]!;
      const entry = avgPx[index]!;
      if (held === 0 || !(entry > 0)) {
        out[at + i] = 0;
      } else {
        const gain = logRatio(Math.max(price[index]!, FLOOR * entry), entry);
        out[at + i] = held > 0 ? gain : -gain;
      }
    }
  }
}

/**
 * log(price / mean entry price), with the opposite sign when short: what the position has gained since its entry, before costs. The
 * price counts as at least 1e-4 of the entry. 0 when flat, and where the entry price is not positive.
 */
export const unrealized: FeatureDefinition = defineFeature({
  name: 'unrealized',
  description: 'Gain of the position since its entry, as a logarithm.',
  parameters: { symbol: symbolParameter },
  create: ({ symbol }, setup) => new Unrealized(symbol, setup),
}) as FeatureDefinition;
