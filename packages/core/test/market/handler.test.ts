import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../../src/market/create.ts';
import { EVERY_MARKET } from './every-market.ts';
import { candleSeries, chunkedPath, difference, hourlyGrid, stream } from './paths.ts';

const candles = candleSeries(200);

describe.each(EVERY_MARKET)('the contract of handlers: $process', (config) => {
  it('gives the same path in any chunks', () => {
    const chunkSizes = fc.oneof(
      fc.constantFrom([1], [7], [512]),
      fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(chunkSizes, fc.nat(1200), fc.nat(1000), (chunks, steps, episode) => {
        const handler = createHandler(config, hourlyGrid(steps), { candles });
        const whole = chunkedPath(handler, stream(episode), [handler.rows]);
        expect(difference(chunkedPath(handler, stream(episode), chunks), whole)).toBeUndefined();
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('gives the same path again after begin with the same key, also out of the middle of an episode', () => {
    const handler = createHandler(config, hourlyGrid(150), { candles });
    const once = chunkedPath(handler, stream(5), [64]);
    chunkedPath(handler, stream(6), [64]);
    handler.begin(stream(7));
    handler.fill(chunkedPath(handler, stream(7), [64]), 13);
    expect(difference(chunkedPath(handler, stream(5), [64]), once)).toBeUndefined();
  });

  it('writes nothing beyond the rows it returns, and nothing for a count of 0', () => {
    const handler = createHandler(config, hourlyGrid(9), { candles });
    handler.begin(stream(0));
    const columns = chunkedPath(createHandler(config, hourlyGrid(19), { candles }), stream(0), [20]);
    for (const column of Object.values(columns)) column.fill(-1);
    expect(handler.fill(columns, 0)).toBe(0);
    expect(handler.fill(columns, 20)).toBe(10);
    for (const column of Object.values(columns)) expect(Array.from(column.subarray(10))).toEqual(Array(10).fill(-1));
    if (!handler.hasVolume) expect(Array.from(columns.volume)).toEqual(Array(20).fill(-1));
    expect(handler.fill(columns, 20)).toBe(0);
  });
});
