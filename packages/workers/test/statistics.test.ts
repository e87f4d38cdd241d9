import { join } from 'node:path';
import { runEnsemble, type Summary } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { configWith, folderWith, rowsOf } from './support.ts';

const dir = folderWith();
const EPISODES = 20_000;
const STEPS = 100;
const YEARS = STEPS / (365 * 24);
// Each assertion fails by chance about once in 15,000 seeds; the seed is fixed.
const Z = 4;

async function pathsOf(
  name: string,
  market: Record<string, unknown>,
): Promise<{ mean: number; sd: number; summary: Summary }> {
  const config = configWith({
    episodes: EPISODES,
    steps: STEPS,
    markets: { X: market },
    strategy: { use: 'buy-and-hold' },
    execution: {},
    record: { episodes: 0 },
  });
  const summary = await runEnsemble(config, { dir: join(dir, name), workers: 2 });
  expect(summary.episodes.completed).toBe(EPISODES);
  const value = name.startsWith('gbm') ? 'ln("finalPrice_X")' : '"finalPrice_X"';
  const [[mean, sd]] = (await rowsOf(join(dir, name), 'episodes', `avg(${value}), stddev_samp(${value})`)) as [
    [number, number],
  ];
  return { mean, sd, summary };
}

/** The mean of n normal values has the standard error sd / √n, their sample deviation sd / √(2 n). */
function expectNormal(found: { mean: number; sd: number }, mean: number, sd: number): void {
  expect(Math.abs(found.mean - mean)).toBeLessThan((Z * sd) / Math.sqrt(EPISODES));
  expect(Math.abs(found.sd - sd)).toBeLessThan((Z * sd) / Math.sqrt(2 * EPISODES));
}

describe('prices at the end of 20,000 episodes', () => {
  it('are lognormal under GBM', async () => {
    const [drift, volatility] = [0.3, 0.9];
    const found = await pathsOf('gbm', { process: 'gbm', price: 100, drift, volatility });
    expectNormal(found, Math.log(100) + (drift - volatility ** 2 / 2) * YEARS, volatility * Math.sqrt(YEARS));
    // E[S_T] = S_0 exp(drift T), and the price's variance is that of the lognormal.
    const mean = 100 * Math.exp(drift * YEARS);
    const sd = mean * Math.sqrt(Math.expm1(volatility ** 2 * YEARS));
    expect(Math.abs(found.summary.metrics.finalPrice_X!.mean! - mean)).toBeLessThan((Z * sd) / Math.sqrt(EPISODES));
  }, 20_000);

  it('are normal under ABM', async () => {
    const found = await pathsOf('abm', { process: 'abm', price: 100, drift: 50, volatility: 40 });
    expectNormal(found, 100 + 50 * YEARS, 40 * Math.sqrt(YEARS));
  }, 20_000);

  it('are normal under Ornstein-Uhlenbeck', async () => {
    const [speed, volatility] = [120, 60];
    const market = { process: 'ou', price: 110, meanReversionSpeed: speed, longRunMean: 100, volatility };
    const found = await pathsOf('ou', market);
    const left = Math.exp(-speed * YEARS);
    expectNormal(found, 100 + 10 * left, volatility * Math.sqrt((1 - left ** 2) / (2 * speed)));
  }, 20_000);

  it('earn nothing without drift and costs', async () => {
    const { summary } = await pathsOf('gbm-driftless', { process: 'gbm', price: 100, drift: 0, volatility: 0.9 });
    const { mean, sd, ci95 } = summary.metrics.totalReturn!;
    expect(Math.abs(mean!)).toBeLessThan((Z * sd!) / Math.sqrt(EPISODES));
    // 95 %: with this seed the interval does hold it.
    expect(ci95[0]).toBeLessThan(0);
    expect(ci95[1]).toBeGreaterThan(0);
  }, 20_000);
});
