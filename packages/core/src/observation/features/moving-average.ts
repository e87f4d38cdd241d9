import { defineFeature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { logRatio, PriceFloor } from './price-floor.ts';
import { symbolParameter } from './symbols.ts';
import { featureOfTracks, Track } from './tracks.ts';
import { WindowSum } from './window-sum.ts';

class SimpleAverage extends Track {
  private readonly floor = new PriceFloor();
  private readonly window: WindowSum;
  private readonly length: number;
  private price = 0;

  constructor(window: number) {
    super();
    this.length = window;
    this.window = new WindowSum(window);
  }

  begin(): void {
    this.floor.begin();
    this.window.begin();
  }

  onMarket(market: ObservedMarket): void {
    this.price = this.floor.of(market.price);
    this.window.push(this.price);
  }

  write(out: Float64Array, at: number): void {
    out[at] = this.window.isFull ? logRatio(this.price * this.length, this.window.total) : 0;
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

class ExponentialAverage extends Track {
  private readonly floor = new PriceFloor();
  private readonly window: number;
  private readonly weight: number;
  private seen = 0;
  private price = 0;
  private average = 0;

  constructor(window: number) {
    super();
    this.window = window;
    this.weight = 2 / (window + 1);
  }

  begin(): void {
    this.floor.begin();
    this.seen = 0;
  }

  onMarket(market: ObservedMarket): void {
    this.price = this.floor.of(market.price);
    if (this.seen === 0) this.average = this.price;
    else this.average += this.weight * (this.price - this.average);
    this.seen++;
  }

  write(out: Float64Array, at: number): void {
    out[at] = this.seen >= this.window ? logRatio(this.price, this.average) : 0;
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/**
 * log(price / moving average), 0 until there are `window` prices. The exponential average gives the latest price the
 * weight 2 / (window + 1) and begins at the first price.
 */
export const movingAverage: FeatureDefinition = defineFeature({
  name: 'moving-average',
  description: 'How far the price is above its moving average, as a logarithm.',
  parameters: {
    window: { type: 'integer', minimum: 2, maximum: 100_000, default: 20, description: 'Steps of the average.' },
    kind: { type: 'string', enum: ['simple', 'exponential'], default: 'simple', description: 'Which average.' },
    symbol: symbolParameter,
  },
  create: ({ window, kind, symbol }, setup) =>
    kind === 'simple'
      ? featureOfTracks(setup, { symbol, names: [['sma', window]], create: () => new SimpleAverage(window) })
      : featureOfTracks(setup, { symbol, names: [['ema', window]], create: () => new ExponentialAverage(window) }),
}) as FeatureDefinition;
