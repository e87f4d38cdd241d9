import { defineFeature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { logRatio, PriceFloor } from './price-floor.ts';
import { symbolParameter } from './symbols.ts';
import { featureOfTracks, Track } from './tracks.ts';

class Returns extends Track {
  private readonly floor = new PriceFloor();
  private readonly count: number;
  private readonly span: number;
  /** The last `span` prices. */
  private readonly prices: Float64Array;
  private priceAt = 0;
  private seen = 0;
  /** The log return over `span` steps at each of the last MARKETs, as many as are told. */
  private readonly returns: Float64Array;
  private returnAt = 0;

  constructor(count: number, span: number) {
    super();
    this.count = count;
    this.span = span;
    this.prices = new Float64Array(span);
    this.returns = new Float64Array((count - 1) * span + 1);
  }

  begin(): void {
    this.floor.begin();
    this.priceAt = 0;
    this.seen = 0;
    this.returns.fill(0);
    this.returnAt = 0;
  }

  onMarket(market: ObservedMarket): void {
    const { prices, priceAt, returns, returnAt } = this;
    const price = this.floor.of(market.price);
    if (this.seen < this.span) {
      this.seen++;
    } else {
      returns[returnAt] = logRatio(price, prices[priceAt]!);
      this.returnAt = returnAt + 1 === returns.length ? 0 : returnAt + 1;
    }
    prices[priceAt] = price;
    this.priceAt = priceAt + 1 === this.span ? 0 : priceAt + 1;
  }

  write(out: Float64Array, at: number): void {
    const { returns, count, span } = this;
    let from = this.returnAt - 1;
    for (let i = 0; i < count; i++, from -= span) {
      if (from < 0) from += returns.length;
      out[at + i] = returns[from]!;
    }
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/** The last `count` log returns over `span` steps each, latest first, back to back; 0 before there are enough prices. */
export const returns: FeatureDefinition = defineFeature({
  name: 'returns',
  description: 'The last log returns, latest first.',
  parameters: {
    count: { type: 'integer', minimum: 1, maximum: 1000, default: 1, description: 'How many.' },
    span: { type: 'integer', minimum: 1, maximum: 100_000, default: 1, description: 'Steps of each.' },
    symbol: symbolParameter,
  },
  check: ({ count, span }) =>
    count * span <= 1_000_000 ? undefined : `count x span must be at most 1000000, got ${count} x ${span}`,
  create: ({ count, span, symbol }, setup) => {
    const what = span === 1 ? 'return' : `return${span}`;
    const names = Array.from({ length: count }, (_, i) => [what, i + 1] as const);
    return featureOfTracks(setup, { symbol, names, create: () => new Returns(count, span) });
  },
}) as FeatureDefinition;
