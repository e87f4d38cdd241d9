import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig, Simulation } from '@ergodic/core';
import { loadCandles } from '@ergodic/workers';
import { boundsOf } from '../../dist/nulltest/bounds.js';
import { testEdge } from '../../dist/nulltest/edge.js';
import { martingaleConfig } from '../../dist/nulltest/martingale.js';
import { openOwnMarkets } from '../../dist/nulltest/own-markets.js';
import { rowGroups } from '../../dist/nulltest/rows.js';
import { shuffledConfig } from '../../dist/nulltest/shuffled.js';
import { honest } from './honest.mjs';

const HISTORY = fileURLToPath(new URL('../../../../examples/data/btc-usd-1h.csv', import.meta.url));
const LEVEL = 0.005;

export const frames = {
  quotes: { process: 'gbm', price: 30_000, volatility: 0.8 },
  candles: { process: 'gbm', price: 30_000, volatility: 0.8, candles: true },
  history: { process: 'bootstrap', file: HISTORY },
};
export const strategies = ['buy-and-hold', 'sma-cross', 'random', ...Object.keys(honest)];

/** The null tests of a market, without directories and threads: for each strategy and seed whether either raised an alarm. */
export class Field {
  constructor(frame, { episodes, steps, pilot = 200, execution = {} }) {
    this.episodes = episodes;
    this.pilot = pilot;
    this.configOf = (use, seed) =>
      parseConfig({
        seed,
        steps,
        interval: '1h',
        markets: { 'BTC/USDT': frames[frame] },
        strategy: { use, ...(use === 'random' ? { short: true } : use === 'sma-cross' ? { fast: 5, slow: 20 } : {}) },
        portfolio: { allowShort: true, risk: { maxLeverage: 4 } },
        execution,
      });
    const own = openOwnMarkets(this.configOf('random', 'table'));
    const groups = rowGroups(own);
    const dir = mkdtempSync(join(tmpdir(), 'ergodic-false-alarms-'));
    this.driftless = martingaleConfig(own, groups).config;
    this.shuffled = shuffledConfig(own, groups, dir).config;
    this.candles = Object.fromEntries(loadCandles(this.shuffled).map(({ symbol, series }) => [symbol, series]));
    rmSync(dir, { recursive: true });
  }

  test(use, seed) {
    const { strategy } = this.configOf(use, seed);
    const play = (config, episodes) => this.play({ ...config, strategy }, episodes);
    const pilot = play({ ...this.driftless, seed: `pilot of ${seed}` }, this.pilot);
    const bounds = boundsOf(pilot.totalReturn, this.driftless.portfolio.ruin);
    return [this.driftless, this.shuffled].map((config) => {
      const portfolio = { ...config.portfolio, ruin: Math.max(0, 1 - bounds.loss) };
      return testEdge(play({ ...config, seed, portfolio }, this.episodes), bounds.gain, LEVEL);
    });
  }

  play(config, episodes) {
    const simulation = new Simulation(config, { strategies: honest, candles: this.candles });
    const names = ['totalReturn', 'fills', 'steps'];
    const columns = names.map(() => new Float64Array(episodes));
    const record = new Float64Array(simulation.fields.length);
    for (let episode = 0; episode < episodes; episode++) {
      simulation.begin(episode);
      while (simulation.advance() !== 'ended');
      simulation.record(record, 0);
      for (const [i, name] of names.entries()) columns[i][episode] = record[simulation.fields.indexOf(name)];
    }
    return Object.fromEntries(names.map((name, i) => [name, columns[i]]));
  }
}
