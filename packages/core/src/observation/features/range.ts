import { defineFeature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { logRatio, PriceFloor } from './price-floor.ts';
import { symbolParameter } from './symbols.ts';
import { featureOfTracks, Track } from './tracks.ts';

class Range extends Track {
  private readonly floor = new PriceFloor();
  private top = 1;
  private bottom = 1;
  private close = 1;

  begin(): void {
    this.floor.begin();
    this.top = 1;
    this.bottom = 1;
    this.close = 1;
  }

  onMarket(market: ObservedMarket): void {
    this.close = this.floor.of(market.close);
    this.top = this.floor.of(market.high);
    this.bottom = this.floor.of(market.low);
  }

  write(out: Float64Array, at: number): void {
    const { top, bottom, close } = this;
    const height = top - bottom;
    out[at] = logRatio(top, bottom);
    out[at + 1] = height > 0 ? (close - bottom - (top - close)) / height : 0;
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/**
 * The latest candle: log(high / low), and where its close lies in it, from -1 at the low to 1 at the high (the close location
 * value of accumulation and distribution). Both are 0 where high and low are one price, as for a quote.
 */
export const range: FeatureDefinition = defineFeature({
  name: 'range',
  description: 'Height of the latest candle, and where its close lies in it.',
  parameters: { symbol: symbolParameter },
  create: ({ symbol }, setup) =>
    featureOfTracks(setup, { symbol, names: [['range'], ['close-location']], low: -1, create: () => new Range() }),
}) as FeatureDefinition;
