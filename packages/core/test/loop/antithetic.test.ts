import { describe, expect, test } from 'vitest';
import { PairedMoments } from '../../src/summary/paired.ts';
import { RunningMoments } from '../../src/summary/running.ts';
import { drawing, GBM, recordedDraws } from './draws.ts';
import { Recording, run } from './simulate.ts';

const MARKETS = { A: GBM };
const BUY = { use: 'buy-and-hold' };

function pathsOf(
  changes: object,
  episode: number,
  randomize: object = {},
): { prices: number[]; figures: Record<string, number> } {
  const seen = new Recording();
  const { figures } = run(drawing(randomize, changes), episode, { recorder: seen });
  return { prices: seen.prices.map(([price]) => price!), figures };
}

function logReturns(prices: readonly number[]): number[] {
  return prices.slice(1).map((price, i) => Math.log(price / prices[i]!));
}

describe('antithetic episodes', () => {
  test('come in pairs whose log returns mirror at their mean', () => {
    const volatility = 0.8;
    const meanPerStep = (0.1 - (volatility * volatility) / 2) / (365 * 24);
    for (const pair of [0, 1, 7]) {
      const changes = { markets: MARKETS, antithetic: true };
      const first = logReturns(pathsOf(changes, 2 * pair).prices);
      const second = logReturns(pathsOf(changes, 2 * pair + 1).prices);
      expect(first.length).toBe(50);
      for (const [i, value] of first.entries()) {
        // Prices near 100 round to 1e-14 of themselves.
        expect(Math.abs(value + second[i]! - 2 * meanPerStep)).toBeLessThan(1e-12);
        expect(value).not.toBe(second[i]);
      }
    }
  });

  test('have even ones that are those of the same config without pairs', () => {
    for (const episode of [0, 2, 10]) {
      const plain = pathsOf({ markets: MARKETS }, episode);
      expect(pathsOf({ markets: MARKETS, antithetic: true }, episode)).toEqual(plain);
      expect(pathsOf({ markets: MARKETS, antithetic: true }, episode + 1).prices).not.toEqual(plain.prices);
    }
  });

  test('share what they draw', () => {
    const randomize = { 'markets.A.volatility': { uniform: [0.1, 2] }, 'strategy.fast': { integer: [1, 7] } };
    const values = recordedDraws(drawing(randomize, { markets: MARKETS, antithetic: true }), 10);
    const plain = recordedDraws(drawing(randomize, { markets: MARKETS }), 10);
    for (const name of Object.keys(values)) {
      for (let episode = 0; episode < 10; episode += 2) {
        expect(values[name]![episode]).toBe(plain[name]![episode]);
        expect(values[name]![episode + 1]).toBe(values[name]![episode]);
      }
    }
  });

  test('have strategies with random numbers of their own', () => {
    const changes = { markets: { A: { ...GBM, volatility: 0 } }, strategy: { use: 'random' }, antithetic: true };
    expect(pathsOf(changes, 0).figures.orders).not.toBe(pathsOf(changes, 1).figures.orders);
  });

  test('are the same in any order', () => {
    const simulation = drawing({}, { markets: MARKETS, antithetic: true });
    const first = [0, 1, 2, 3].map((episode) => run(simulation, episode).record);
    expect([3, 2, 1, 0].map((episode) => run(simulation, episode).record)).toEqual(first.reverse());
  });

  test('mirror correlated markets as well', () => {
    const matrix = [
      [1, 0.9],
      [0.9, 1],
    ];
    const markets = { A: { ...GBM, drift: 0.32 }, B: { ...GBM, drift: 0.32 } };
    const changes = { markets, antithetic: true, correlation: { symbols: ['A', 'B'], matrix } };
    const [first, second] = [new Recording(), new Recording()];
    run(drawing({}, changes), 6, { recorder: first });
    run(drawing({}, changes), 7, { recorder: second });
    for (const [step, [a, b]] of first.prices.entries()) {
      // The drift makes the log price free of trend: the product of the two stays.
      expect(a! * second.prices[step]![0]!).toBeCloseTo(10_000, 6);
      expect(b! * second.prices[step]![1]!).toBeCloseTo(10_000, 6);
    }
  });

  test('are refused where a market has no shocks to mirror', () => {
    const column = Float64Array.from({ length: 60 }, (_, i) => 100 + i);
    const timeMs = Float64Array.from({ length: 60 }, (_, i) => i * 3_600_000);
    const B = { intervalMs: 3_600_000, timeMs, open: column, high: column, low: column, close: column, volume: column };
    for (const process of ['replay', 'bootstrap']) {
      const markets = { A: GBM, B: { process, file: 'b.csv' } };
      expect(() => drawing({}, { markets, antithetic: true }, { candles: { B } })).toThrow(
        `antithetic: needs markets with normal shocks to mirror, a history has none, got "B: ${process}"; set antithetic: false`,
      );
    }
  });

  test('make the interval of a mean narrower, which still covers the truth in 95 of 100 ensembles', () => {
    // E[total return] of buy-and-hold from the first step on, without costs: it buys at step 1 and holds 49 steps.
    const drift = 3;
    const truth = 0.4 * (Math.exp((drift * 49) / (365 * 24)) - 1);
    const markets = { A: { ...GBM, drift } };
    const antithetic = drawing({}, { markets, strategy: BUY, antithetic: true, rewards: [] });
    const plain = drawing({}, { markets, strategy: BUY, rewards: [] });
    const at = plain.fields.indexOf('totalReturn');
    const out = new Float64Array(plain.fields.length);
    const returnOf = (simulation: typeof plain, episode: number): number => {
      simulation.begin(episode);
      while (simulation.advance() !== 'ended');
      simulation.record(out, 0);
      return out[at]!;
    };
    const ensembles = 400;
    const episodes = 40;
    let covered = 0;
    let width = 0;
    let plainWidth = 0;
    for (let k = 0; k < ensembles; k++) {
      const pairs = new PairedMoments();
      const moments = new RunningMoments();
      for (let episode = k * episodes; episode < (k + 1) * episodes; episode++) {
        pairs.add(episode, returnOf(antithetic, episode));
        moments.add(returnOf(plain, episode));
      }
      const [low, high] = pairs.ci95;
      if (low <= truth && truth <= high) covered++;
      width += (high - low) / ensembles;
      plainWidth += (moments.ci95[1] - moments.ci95[0]) / ensembles;
    }
    // 5 standard errors of a binomial share of 400 at 0.95 are 0.0545; pair means of a nearly linear return vary by squares only.
    expect(Math.abs(covered / ensembles - 0.95)).toBeLessThan(0.0545);
    expect(width).toBeLessThan(plainWidth / 10);
  });
});
