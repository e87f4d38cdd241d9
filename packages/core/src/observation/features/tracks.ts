import type { Feature, FeatureSetup, ObservedMarket } from '../feature.ts';
import { symbolIndices, symbolLabels } from './symbols.ts';

/** What a feature knows of one symbol: the feature itself where the config has one symbol. */
export abstract class Track implements Feature {
  readonly isOfMarket: boolean = true;
  labels: readonly string[] = [];
  low: number = Number.NEGATIVE_INFINITY;
  high: number = Number.POSITIVE_INFINITY;

  abstract begin(): void;
  /** Each MARKET of its symbol. */
  abstract onMarket(market: ObservedMarket): void;
  abstract write(out: Float64Array, at: number): void;
  fill?(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void;
}

interface TracksOptions {
  readonly symbol: string;
  /** What each number of a track is called, see symbolLabels. */
  readonly names: readonly (readonly [what: string, detail?: number])[];
  readonly low?: number;
  readonly high?: number;
  create(): Track;
}

type Declared = Pick<Feature, 'labels' | 'low' | 'high'>;

/** A feature of markets alone: a track for each symbol that it looks at. Throws RangeError for a symbol that is not there. */
export function featureOfTracks(setup: FeatureSetup, { symbol, names, low, high, create }: TracksOptions): Feature {
  const indices = symbolIndices(symbol, setup);
  const declared: Declared = {
    labels: symbolLabels(indices, setup, names),
    low: low ?? Number.NEGATIVE_INFINITY,
    high: high ?? Number.POSITIVE_INFINITY,
  };
  // With one symbol there is nothing to look up, and each call is one instead of two.
  if (setup.symbols.length === 1) return Object.assign(create(), declared);
  const bySymbol = setup.symbols.map((_, i) => (indices.includes(i) ? create() : null));
  return new Tracks(declared, bySymbol, names.length);
}

class Tracks implements Feature {
  readonly isOfMarket: boolean = true;
  readonly labels: readonly string[];
  readonly low: number;
  readonly high: number;
  /** By position of the symbol in the config; null where it is not looked at. */
  private readonly bySymbol: readonly (Track | null)[];
  private readonly tracks: readonly Track[];
  /** Numbers of a track. */
  private readonly size: number;

  constructor({ labels, low, high }: Declared, bySymbol: readonly (Track | null)[], size: number) {
    this.labels = labels;
    this.low = low;
    this.high = high;
    this.bySymbol = bySymbol;
    this.tracks = bySymbol.filter((track) => track !== null);
    this.size = size;
  }

  begin(): void {
    for (const track of this.tracks) track.begin();
  }

  onMarket(market: ObservedMarket): void {
    const track = this.bySymbol[market.symbolIndex]!;
    if (track !== null) track.onMarket(market);
  }

  write(out: Float64Array, at: number): void {
    const { tracks, size } = this;
    for (let i = 0; i < tracks.length; i++) tracks[i]!.write(out, at + i * size);
  }
}
