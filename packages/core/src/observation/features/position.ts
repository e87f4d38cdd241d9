import {
  defineFeature,
  type Feature,
  type FeatureDefinition,
  type FeatureSetup,
  type ObservedAccount,
} from '../feature.ts';
import { FLOOR } from './price-floor.ts';
import { symbolIndices, symbolLabels, symbolParameter } from './symbols.ts';

class Position implements Feature {
  readonly isInstant: boolean = true;
  readonly labels: readonly string[];
  // A gap in the price can take a weight beyond any limit on leverage.
  readonly low = Number.NEGATIVE_INFINITY;
  readonly high = Number.POSITIVE_INFINITY;
  private readonly indices: readonly number[];

  constructor(symbol: string, setup: FeatureSetup) {
    this.indices = symbolIndices(symbol, setup);
    this.labels = symbolLabels(this.indices, setup, [['position']]);
  }

  begin(): void {}

  write(out: Float64Array, at: number, { equity, initialCash, position, price }: ObservedAccount): void {
    const { indices } = this;
    const whole = Math.max(equity, FLOOR * initialCash);
    for (let i = 0; i < indices.length; i++) {
      const held = position[indices[i]!]!;
      out[at + i] = held === 0 ? 0 : (held * price[indices[i]!]!) / whole;
    }
  }
}

/** Value of the position over equity, negative when short. Equity counts as at least 1e-4 of the initial cash. */
export const position: FeatureDefinition = defineFeature({
  name: 'position',
  description: 'Weight of the position in equity, negative when short.',
  parameters: { symbol: symbolParameter },
  create: ({ symbol }, setup) => new Position(symbol, setup),
}) as FeatureDefinition;
