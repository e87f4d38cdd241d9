import { defineFeature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { logRatio, PriceFloor } from './price-floor.ts';
import { symbolParameter } from './symbols.ts';
import { featureOfTracks, Track } from './tracks.ts';
import { WindowDeviation } from './window-deviation.ts';

class Volatility extends Track {
  private readonly floor = new PriceFloor();
  private readonly window: WindowDeviation;
  private readonly scale: number;
  /** 0 before the first. */
  private price = 0;

  constructor(window: number, scale: number) {
    super();
    this.window = new WindowDeviation(window);
    this.scale = scale;
  }

  begin(): void {
    this.floor.begin();
    this.window.begin();
    this.price = 0;
  }

  onMarket(market: ObservedMarket): void {
    const price = this.floor.of(market.price);
    if (this.price > 0) this.window.push(logRatio(price, this.price));
    this.price = price;
  }

  write(out: Float64Array, at: number): void {
    out[at] = this.scale * this.window.deviation;
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/** Sample standard deviation of the last `window` one-step log returns, 0 until there are as many. */
export const volatility: FeatureDefinition = defineFeature({
  name: 'volatility',
  description: 'Standard deviation of the last log returns.',
  parameters: {
    window: { type: 'integer', minimum: 2, maximum: 100_000, default: 20, description: 'Returns it is taken over.' },
    annualize: { type: 'boolean', default: false, description: 'Times the square root of the steps of a year.' },
    symbol: symbolParameter,
  },
  create: ({ window, annualize, symbol }, setup) => {
    const scale = annualize ? Math.sqrt(setup.stepsPerYear) : 1;
    const create = (): Track => new Volatility(window, scale);
    return featureOfTracks(setup, { symbol, names: [['volatility', window]], low: 0, create });
  },
}) as FeatureDefinition;
