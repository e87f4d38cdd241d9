import { join } from 'node:path';
import { parseConfig, Simulation } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { martingaleConfig } from '../../src/nulltest/martingale.ts';
import { openOwnMarkets } from '../../src/nulltest/own-markets.ts';
import { rowGroups } from '../../src/nulltest/rows.ts';
import { candleFile, configWith, folderWith } from './support.ts';

function martingaleOf(changes: Record<string, unknown>) {
  const own = openOwnMarkets(configWith(changes));
  return martingaleConfig(own, rowGroups(own));
}

describe('martingaleConfig', () => {
  it('takes the drift from a geometric Brownian motion, and nothing else', () => {
    const schedule = [
      { from: '0h', value: 0.4 },
      { from: '20h', value: 0.9 },
    ];
    const gbm = { process: 'gbm', price: 100, drift: 0.3, volatility: schedule, lotSize: 0.1, tickSize: 0.01 };
    const { config, markets } = martingaleOf({ markets: { A: gbm } });
    expect(config.markets.A).toEqual({ process: 'gbm', price: 100, drift: 0, volatility: schedule, lotSize: 0.1 });
    expect(markets).toEqual({ A: { process: 'gbm', volatility: schedule, isMeasured: false } });
    expect(parseConfig(config)).toEqual(config);
  });

  it('measures the volatility of a jump diffusion on its paths', () => {
    const jumps = { jumpIntensity: 1_000, jumpMean: 0, jumpDeviation: 0.01 };
    const merton = { process: 'merton', price: 100, drift: 0.5, volatility: 0.4, ...jumps };
    const { volatility, isMeasured, process } = martingaleOf({ steps: 200, markets: { A: merton } }).markets.A!;
    expect({ isMeasured, process }).toEqual({ isMeasured: true, process: 'gbm' });
    // σ² = 0.4² + 1000·0.01² a year. Of 20,000 returns with kurtosis about 3 + 3λ·sd⁴/(σ⁴Δ) = 7, the relative error of σ is
    // √((7 − 1)/20,000)/2 = 0.9 %: 5 of them.
    expect(Math.abs((volatility as number) / Math.sqrt(0.16 + 0.1) - 1)).toBeLessThan(5 * 0.009);
  });

  it('measures where a parameter of the market is drawn', () => {
    const randomize = { 'markets.A.volatility': { choice: [0.3, 0.9] } };
    const { config, markets } = martingaleOf({ randomize });
    // √((0.3² + 0.9²)/2) = 0.67; 20,000 returns of 334 episodes: the share of the wilder ones has an error of 2.7 %, σ one of 2.2 %.
    expect(Math.abs((markets.A!.volatility as number) - 0.67)).toBeLessThan(5 * 0.015);
    expect(config.randomize).toEqual({});
  });

  it('stays arithmetic where prices may be zero or less', () => {
    const ou = { process: 'ou', price: 1, meanReversionSpeed: 1, longRunMean: 1, volatility: 40 };
    const { config, markets } = martingaleOf({ markets: { A: { process: 'abm', price: -3, volatility: 40 }, B: ou } });
    expect(config.markets.A).toEqual({ process: 'abm', price: -3, drift: 0, volatility: 40 });
    expect(markets.B).toMatchObject({ process: 'abm', isMeasured: true });
    // Of 20,000 normal changes: relative error 1/√40,000 = 0.5 %.
    expect(Math.abs((markets.B!.volatility as number) / 40 - 1)).toBeLessThan(5 * 0.005);
  });

  it('has the candles of simulated markets, without sub-steps, and their correlation', () => {
    const volume = { level: 5, elasticity: 1, noise: 0.3 };
    const heston = { process: 'heston', price: 100, longRunVariance: 0.4, meanReversionSpeed: 5, volOfVol: 1 };
    const correlation = {
      symbols: ['A', 'B'],
      matrix: [
        [1, 0.4],
        [0.4, 1],
      ],
    };
    const markets = { A: { ...heston, candles: { substeps: 4, volume } }, B: { ...heston, candles: { substeps: 4 } } };
    const { config } = martingaleOf({ markets, correlation });
    expect(config.markets.A).toMatchObject({ process: 'gbm', candles: { volume } });
    expect(config.markets.B).toMatchObject({ process: 'gbm', candles: true });
    expect(config.correlation).toEqual(correlation);
    expect(() => new Simulation(config)).not.toThrow();
  });

  it('gives histories candles with their mean volume, their times and their length', () => {
    const dir = folderWith({ 'a.csv': candleFile([100, 110, 99, 120, 130]), 'b.csv': candleFile([9, 8, 9, 8, 7]) });
    const replay = (name: string) => ({ process: 'replay', file: join(dir, name) });
    const { steps: _, ...rest } = configWith({ markets: { A: replay('a.csv'), B: replay('b.csv') } });
    const own = openOwnMarkets(rest);
    const { config } = martingaleConfig(own, rowGroups(own));
    expect(config).toMatchObject({ start: '2024-01-02T00:00:00.000Z', interval: '1d', steps: 4 });
    const volume = { level: 3.5, elasticity: 1, noise: 0.3 };
    expect(config.markets.A).toMatchObject({ process: 'gbm', price: 100, drift: 0, candles: { volume } });
    expect(config.correlation!.symbols).toEqual(['A', 'B']);
    const simulation = new Simulation(config);
    simulation.begin(0);
    expect(simulation.advance()).toBe('ended');
  });

  it('starts a bootstrap at its price, else at the first close', () => {
    const dir = folderWith({ 'a.csv': candleFile([100, 110, 99], { volume: false }) });
    const bootstrap = { process: 'bootstrap', file: join(dir, 'a.csv') };
    const { config } = martingaleOf({ interval: '1d', markets: { A: bootstrap, B: { ...bootstrap, price: 7 } } });
    expect(config.markets.A).toMatchObject({ price: 100, candles: true });
    expect(config.markets.B).toMatchObject({ price: 7, candles: true });
    expect(config.correlation).toBeUndefined();
  });
});
