import { defineFeature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { symbolParameter } from './symbols.ts';
import { featureOfTracks, Track } from './tracks.ts';
import { WindowSum } from './window-sum.ts';

/** The smallest part of the mean that the logarithm sees. */
const FLOOR = 1e-4;

class Volume extends Track {
  private readonly window: WindowSum;
  private readonly length: number;
  /** One of `window` volumes is at most `window` times their mean; rounding must not pass that. */
  private readonly most: number;
  /** NaN where the latest MARKET had none. */
  private volume = Number.NaN;

  constructor(window: number) {
    super();
    this.window = new WindowSum(window);
    this.length = window;
    this.most = Math.log(window);
  }

  begin(): void {
    this.window.begin();
  }

  onMarket(market: ObservedMarket): void {
    this.volume = market.volume;
    if (!Number.isNaN(this.volume)) this.window.push(this.volume);
  }

  write(out: Float64Array, at: number): void {
    const { volume, window } = this;
    const mean = window.total / this.length;
    if (Number.isNaN(volume) || !window.isFull || !(mean > 0)) out[at] = 0;
    else out[at] = Math.min(Math.log(Math.max(volume / mean, FLOOR)), this.most);
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/**
 * log(volume / mean volume of the last `window` MARKETs that had one, this one included), no less than log(1e-4). 0 where the
 * MARKET has no volume, until there are `window` of them, and where all of them were 0.
 */
export const volume: FeatureDefinition = defineFeature({
  name: 'volume',
  description: 'Volume over its mean, as a logarithm.',
  parameters: {
    window: { type: 'integer', minimum: 2, maximum: 100_000, default: 20, description: 'Volumes of the mean.' },
    symbol: symbolParameter,
  },
  create: ({ window, symbol }, setup) => {
    const bounds = { low: Math.log(FLOOR), high: Math.log(window) };
    return featureOfTracks(setup, { symbol, names: [['volume', window]], ...bounds, create: () => new Volume(window) });
  },
}) as FeatureDefinition;
