import fc from 'fast-check';
import { parameterSchema } from '../../src/config/parameters.ts';
import type { Feature, FeatureSetup, ObservedAccount, ObservedMarket } from '../../src/observation/feature.ts';
import { builtinFeatures } from '../../src/observation/features/index.ts';
import { rootKey, substreamKey } from '../../src/random/key.ts';
import { RandomStream } from '../../src/random/stream.ts';

export const streamOf = (seed: string): RandomStream => new RandomStream(substreamKey(rootKey(seed), 0, 'test'));

/** Standard normals of a seed. */
export function normals(seed: string, count: number): Float64Array {
  const out = new Float64Array(count);
  streamOf(seed).fillNormal(out, 0, count);
  return out;
}

export const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];

export const setupOf = (symbols: number, steps = 100): FeatureSetup => ({
  symbols: SYMBOLS.slice(0, symbols),
  intervalMs: 3_600_000,
  stepsPerYear: 8760,
  steps,
  maxLeverage: 1,
});

/** A feature as a config declares it: defaults are filled in. */
export function featureOf(use: string, given: Record<string, unknown> = {}, setup = setupOf(1)): Feature {
  const definition = builtinFeatures[use]!;
  const parameters = parameterSchema(definition.parameters).parse({ use, ...given });
  return definition.create(parameters as never, setup);
}

/** The MARKETs of one time, and the account once they are handled. */
export interface Step {
  readonly rows: readonly ObservedMarket[];
  readonly account: ObservedAccount;
}

/** What the feature says at the end of each step. */
export function play(feature: Feature, steps: readonly Step[], seed = 'feature'): number[][] {
  feature.begin(streamOf(seed));
  const out = new Float64Array(feature.labels.length + 2).fill(777);
  return steps.map(({ rows, account }) => {
    for (const row of rows) feature.onMarket?.(row);
    feature.write(out, 1, account);
    if (out[0] !== 777 || out.at(-1) !== 777) throw new Error('the feature wrote beside its place');
    return [...out.slice(1, -1)];
  });
}

/** A quote. */
export function quote(step: number, price: number, symbolIndex = 0, volume = Number.NaN): ObservedMarket {
  const timeMs = Date.UTC(2024, 0, 1) + step * 3_600_000;
  return { timeMs, step, symbolIndex, price, open: price, high: price, low: price, close: price, volume };
}

export const flat = (price: readonly number[]): ObservedAccount => ({
  cash: 1000,
  equity: 1000,
  initialCash: 1000,
  grossExposure: 0,
  position: new Float64Array(price.length),
  price: Float64Array.from(price),
  avgPx: new Float64Array(price.length),
});

/** One symbol that follows the given prices, an account that holds nothing. */
export const pathOf = (prices: readonly number[]): Step[] =>
  prices.map((price, step) => ({ rows: [quote(step, price)], account: flat([price]) }));

const price = fc.oneof(
  { weight: 20, arbitrary: fc.double({ min: 50, max: 200, noNaN: true }) },
  { weight: 3, arbitrary: fc.constant(100) },
  { weight: 1, arbitrary: fc.constantFrom(0, -5, 1e-9, 1e9, 1e300, 5e-324) },
);
const volume = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 1e-6, max: 1e4, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, Number.NaN, 1e12) },
);
const row = fc.record({
  price,
  high: fc.double({ min: 0, max: 20, noNaN: true }),
  low: fc.double({ max: 20, min: 0, noNaN: true }),
  volume,
});
const held = fc.record({
  position: fc.oneof(fc.constant(0), fc.double({ min: -5, max: 5, noNaN: true })),
  avgPx: fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 1, max: 1e3, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -4) },
  ),
});
const step = fc.record({
  rows: fc.array(fc.option(row, { freq: 5 }), { minLength: 3, maxLength: 3 }),
  held: fc.array(held, { minLength: 3, maxLength: 3 }),
  equity: fc.oneof(fc.double({ min: -100, max: 5000, noNaN: true }), fc.constantFrom(1000, 0, 1e9)),
});

/** Histories of one to three symbols: some are missing at some times, some prices are none that a logarithm takes. */
export const histories: fc.Arbitrary<{ readonly symbols: number; readonly steps: readonly Step[] }> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.array(step, { minLength: 1, maxLength: 60 }))
  .map(([symbols, drawn]) => {
    const prices = new Float64Array(symbols).fill(Number.NaN);
    const steps = drawn.map(({ rows, held, equity }, index): Step => {
      const markets = rows.slice(0, symbols).flatMap((found, symbolIndex): ObservedMarket[] => {
        if (found === null) return [];
        prices[symbolIndex] = found.price;
        const { price, volume } = found;
        return [{ ...quote(index, price, symbolIndex, volume), high: price + found.high, low: price - found.low }];
      });
      const isHeld = (i: number): boolean => held[i]!.position !== 0 && !Number.isNaN(prices[i]!);
      const position = Float64Array.from(prices, (_, i) => (isHeld(i) ? held[i]!.position : 0));
      const avgPx = Float64Array.from(prices, (_, i) => (isHeld(i) ? held[i]!.avgPx : 0));
      const account = { ...flat([...prices]), equity, position, avgPx };
      return { rows: markets, account };
    });
    return { symbols, steps };
  });
