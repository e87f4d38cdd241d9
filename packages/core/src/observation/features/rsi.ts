import { defineFeature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { PriceFloor } from './price-floor.ts';
import { symbolParameter } from './symbols.ts';
import { featureOfTracks, Track } from './tracks.ts';

class Rsi extends Track {
  private readonly floor = new PriceFloor();
  private readonly window: number;
  /** Changes so far, up to `window`. */
  private changes = 0;
  private price = 0;
  /** Average rise and fall. */
  private rise = 0;
  private fall = 0;

  constructor(window: number) {
    super();
    this.window = window;
  }

  begin(): void {
    this.floor.begin();
    this.changes = 0;
    this.price = 0;
    this.rise = 0;
    this.fall = 0;
  }

  onMarket(market: ObservedMarket): void {
    const price = this.floor.of(market.price);
    const before = this.price;
    this.price = price;
    if (before === 0) return;
    // The first `window` changes make a plain mean; from then on each has the weight 1 / window.
    if (this.changes < this.window) this.changes++;
    const change = price - before;
    // A weighted sum of what is not negative: small averages after large ones keep all their digits.
    const weight = 1 / this.changes;
    const kept = 1 - weight;
    this.rise = kept * this.rise + (change > 0 ? change * weight : 0);
    this.fall = kept * this.fall + (change < 0 ? -change * weight : 0);
  }

  write(out: Float64Array, at: number): void {
    const { rise, fall } = this;
    const sum = rise + fall;
    out[at] = this.changes === this.window && sum > 0 ? (rise - fall) / sum : 0;
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/**
 * The relative strength index (Wilder 1978, "New Concepts in Technical Trading Systems") brought to -1 … 1: (RSI - 50) / 50,
 * which is (average rise - average fall) / (their sum). 0 until there are `window` changes of the price, and where it never moved.
 */
export const rsi: FeatureDefinition = defineFeature({
  name: 'rsi',
  description: 'Relative strength index, from -1 (only falls) to 1 (only rises).',
  parameters: {
    window: { type: 'integer', minimum: 1, maximum: 100_000, default: 14, description: 'Steps of the averages.' },
    symbol: symbolParameter,
  },
  create: ({ window, symbol }, setup) =>
    featureOfTracks(setup, { symbol, names: [['rsi', window]], low: -1, high: 1, create: () => new Rsi(window) }),
}) as FeatureDefinition;
