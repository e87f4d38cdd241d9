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

  it('gives candles of a GARCH no sub-steps, of jumps some, and refuses both at once', () => {
    const garch = { process: 'garch', drift: 0, volatility: 1, alpha: 0.1, beta: 0.8 } as const;
    const merton = {
      process: 'merton',
      drift: 0,
      volatility: 1,
      jumpIntensity: 1,
      jumpMean: 0,
      jumpDeviation: 0.1,
    } as const;
    const grid = hourlyGrid(4);
    expect(createHandler({ ...garch, price: 1, candles: true }, grid).substeps).toBe(1);
    expect(createHandler({ ...merton, price: 1, candles: true }, grid).substeps).toBe(16);
    expect(() => createHandler({ ...garch, price: 1, candles: { substeps: 4 } }, grid)).toThrow(
      'candles.substeps: must be 1 for garch, whose parameters belong to one length of step, got 4',
    );
    const regimes = {
      process: 'regime-switching',
      price: 1,
      regimes: { garch, merton },
      transitions: {},
      initialRegime: 'garch',
    } as const;
    expect(() => createHandler({ ...regimes, candles: true }, grid)).toThrow(
      'candles: cannot be made where one regime needs sub-steps and another is a GARCH, which has none; leave candles out, or set candles.substeps: 1',
    );
    expect(createHandler({ ...regimes, candles: { substeps: 1 } }, grid).substeps).toBe(1);
  });
});
