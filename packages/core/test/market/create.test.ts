import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import { createHandler } from '../../src/market/create.ts';
import { candleSeries, hourlyGrid } from './paths.ts';

const replay = { process: 'replay', file: 'btc.csv' } as const;
const bootstrap = { process: 'bootstrap', file: 'btc.csv', blockLength: 24 } as const;

describe('createHandler', () => {
  it('caps a replay at steps + 1 candles, and not at all when steps is Infinity', () => {
    expect(createHandler(replay, hourlyGrid(4), { candles: candleSeries(10) }).rows).toBe(5);
    expect(createHandler(replay, hourlyGrid(40), { candles: candleSeries(10) }).rows).toBe(10);
    expect(createHandler(replay, hourlyGrid(Infinity), { candles: candleSeries(10) }).rows).toBe(10);
  });

  it.each([replay, bootstrap])('refuses $process without candles', (config) => {
    expect(() => createHandler(config, hourlyGrid(4))).toThrow(
      new ConfigError([
        { path: ['file'], rule: `${config.process} needs the candles of its file`, received: 'btc.csv' },
      ]),
    );
    expect(() => createHandler(config, hourlyGrid(4), { candles: candleSeries(0) })).toThrow(ConfigError);
  });

  it('refuses to bootstrap daily candles into hourly steps', () => {
    expect(() => createHandler(bootstrap, hourlyGrid(4), { candles: candleSeries(10, 86_400_000) })).toThrow(
      'file: a bootstrap needs candles of the run\'s interval 1h, got "1d"; set interval: 1d',
    );
  });
});
