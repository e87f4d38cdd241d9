import { join } from 'node:path';
import { fanValue, readManifest, resumeEnsemble, runEnsemble, type Summary } from '@ergodic/workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { configWith, folderWith, rowsOf, strategyText } from './support.ts';

const dir = folderWith({
  'own.mjs': strategyText(
    `if (market.symbol === 'B' && market.step % 7 === 3) context.order(market.step % 2 ? 'buy' : 'sell', 0.5, { symbol: 'A' });
     if (market.step % 11 === 5) context.signal(market.step % 3 ? 'LONG' : 'SHORT');
     if (market.symbol === 'A' && market.step === 60 && market.price > 101) throw new Error('over');`,
  ),
});
const EPISODES = 50;
const run = join(dir, 'run');
let summary: Summary;

beforeAll(async () => {
  const config = configWith({
    episodes: EPISODES,
    steps: 300,
    markets: {
      A: { process: 'gbm', price: 100, volatility: 0.9 },
      B: { process: 'gbm', price: 5, volatility: 0.4 },
    },
    strategy: { use: join(dir, 'own.mjs') },
    portfolio: { cash: 10_000, allowShort: true, sizing: { targetWeight: 0.3 }, risk: { maxLeverage: 2 } },
    rewards: [{ use: 'log-return' }, { use: 'order-frequency', window: 10, limit: 2, scale: 0.01 }],
    record: { episodes: 12, every: 1 },
  });
  summary = await runEnsemble(config, { dir: run, workers: 2 });
  expect(summary.episodes.failed).toBeGreaterThan(5);
  expect(summary.episodes.completed).toBeGreaterThan(15);
}, 30_000);

/** Most that sums of some hundred doubles of this size can differ by, in another order. */
const ROUNDING = 1e-9;

describe('recorded streams', () => {
  it('hold equity as cash and positions at prices, at every step', async () => {
    const [[rows, worst]] = (await rowsOf(
      run,
      'equity',
      'count(*), max(abs(equity - cash - position_A * price_A - position_B * price_B) / equity)',
    )) as [[bigint, number]];
    expect(Number(rows)).toBeGreaterThan(12 * 60);
    expect(worst).toBeLessThan(ROUNDING);
    const gaps = await rowsOf(
      run,
      'equity',
      'episode, count(*), count(DISTINCT step), max(step) - min(step) + 1',
      'GROUP BY episode HAVING count(*) <> max(step) - min(step) + 1 OR count(*) <> count(DISTINCT step)',
    );
    expect(gaps).toEqual([]);
  });

  it('add up to the records: fills, commission, slippage, rewards, drawdown, final equity', async () => {
    const records = (await rowsOf(
      run,
      'episodes',
      `CAST(episode AS DOUBLE), CAST(fills AS DOUBLE), commission, slippage, totalReward, reward_log_return, maxDrawdown, finalEquity`.replace(
        'reward_log_return',
        '"reward_log-return"',
      ),
      "WHERE endReason <> 'failed' AND episode < 12 ORDER BY 1",
    )) as number[][];
    expect(records.length).toBeGreaterThan(2);
    for (const [episode, fills, commission, slippage, totalReward, logReturn, maxDrawdown, finalEquity] of records) {
      const where = `WHERE episode = ${episode}`;
      const [stored] = await rowsOf(run, 'fills', 'CAST(count(*) AS DOUBLE), sum(commission), sum(slippage)', where);
      expect(stored![0]).toBe(fills);
      expect(stored![1]).toBeCloseTo(commission!, 8);
      expect(stored![2]).toBeCloseTo(slippage!, 8);
      const [rewards] = await rowsOf(run, 'rewards', 'sum(reward), sum("reward_log-return"), count(*)', where);
      expect(rewards![0]).toBeCloseTo(totalReward!, 9);
      expect(rewards![1]).toBeCloseTo(logReturn!, 9);
      expect(Number(rewards![2])).toBe(300);
      const [equity] = await rowsOf(run, 'equity', 'max(drawdown), max_by(equity, step)', where);
      expect(equity).toEqual([maxDrawdown, finalEquity]);
    }
  });

  it('are kept of the worst, the median and the best episode, once', async () => {
    const { kept } = readManifest(run);
    const ordered = await rowsOf(
      run,
      'episodes',
      'CAST(episode AS DOUBLE)',
      "WHERE endReason <> 'failed' ORDER BY totalReturn, episode",
    );
    const at = (rank: number): number => ordered[rank]![0] as number;
    expect(kept).toEqual({
      worst: at(0),
      median: at(Math.floor((ordered.length - 1) / 2)),
      best: at(ordered.length - 1),
    });
    for (const episode of Object.values(kept!)) {
      const where = `WHERE episode = ${episode}`;
      expect(Number((await rowsOf(run, 'equity', 'count(*)', where))[0]![0])).toBe(301);
      expect(Number((await rowsOf(run, 'episodes', 'count(*)', where))[0]![0])).toBe(1);
    }
    expect((await (await resumeEnsemble(run)).done).digest).toBe(summary.digest);
  });

  it('keep the last step whatever `every` says, and no more than asked for', async () => {
    const thin = join(dir, 'thin');
    await runEnsemble(configWith({ episodes: 5, steps: 205, record: { episodes: 5, every: 20 } }), { dir: thin });
    const steps = await rowsOf(thin, 'equity', 'CAST(step AS DOUBLE)', 'WHERE episode = 3 ORDER BY 1');
    expect(steps.flat()).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 205]);
  });
});

describe('the equity fan', () => {
  it('counts every episode that did not fail, at each of its points', async () => {
    const counts = await rowsOf(
      run,
      'fan',
      'CAST(point AS DOUBLE), CAST(sum(count) AS DOUBLE)',
      'GROUP BY 1 ORDER BY 1',
    );
    expect(counts).toHaveLength(readManifest(run).layout.fanSteps.length);
    for (const [, n] of counts) expect(n).toBe(summary.episodes.completed);
  });

  it('has the exact median of the final equity within its error', async () => {
    const whole = join(dir, 'odd');
    // An odd number of episodes: the median is one of them.
    const { metrics } = await runEnsemble(configWith({ episodes: 1_001 }), { dir: whole, workers: 2 });
    const bins = (await rowsOf(
      whole,
      'fan',
      'CAST(bin AS DOUBLE), CAST(sum(count) AS DOUBLE)',
      `WHERE point = ${readManifest(whole).layout.fanSteps.length - 1} GROUP BY 1 ORDER BY 1`,
    )) as [number, number][];
    let below = 0;
    const [median] = bins.find(([, n]) => (below += n) > 500)!;
    const exact = metrics.finalEquity!.q50! / 10_000;
    expect(Math.abs(fanValue(median) / exact - 1)).toBeLessThanOrEqual(0.0025);
  });
});
