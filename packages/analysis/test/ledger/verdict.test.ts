import { join } from 'node:path';
import { RandomStream } from '@ergodic/core';
import { deflatedSharpe, probabilisticSharpe, returnMomentsOf } from '@ergodic/statistics';
import { runEnsemble } from '@ergodic/workers';
import { describe, expect, test } from 'vitest';
import {
  entryOf,
  type History,
  historyVerdict,
  type LedgerEntry,
  readLedger,
  recordRun,
  type StepReturns,
  StoredRun,
  verdictOf,
} from '../../src/index.ts';
import { candlesText, dataWith, folderWith } from '../sweep/support.ts';

const HISTORY: History = { key: 'k', files: ['f'], names: ['f.csv'], startMs: 0, intervalMs: 86_400_000, steps: 500 };
const stream = new RandomStream([3, 1, 4, 1]);

function returnsWith(mean: number): StepReturns {
  return { values: Float64Array.from({ length: 500 }, () => mean + 0.01 * stream.normal()), everySteps: 1 };
}

function entryWith(returns: StepReturns, history = HISTORY): LedgerEntry {
  const config = { strategy: { use: 's' } };
  return entryOf({ config, history, returns, run: '/r', digest: 'd' }, '2026-01-01T00:00:00Z');
}

function verdict(returns: StepReturns, entries: readonly LedgerEntry[]) {
  return verdictOf({ history: HISTORY, returns, stepsPerYear: 365, episodes: 7, entries });
}

describe('the verdict on one history', () => {
  const good = returnsWith(0.001);

  test('without other trials deflates nothing', () => {
    const {
      trials,
      probabilisticSharpe: probabilistic,
      deflatedSharpe: deflated,
      sharpe,
      episodes,
    } = verdict(good, []);
    const moments = returnMomentsOf(good.values);
    expect([trials, episodes]).toEqual([1, 7]);
    expect(deflated).toBe(probabilistic);
    expect(probabilistic).toBe(probabilisticSharpe(moments));
    expect(sharpe.value).toBeCloseTo(moments.sharpe * Math.sqrt(365), 12);
  });

  test('counts distinct trials on the same window, and deflates by the spread of their Sharpe ratios', () => {
    const others = Array.from({ length: 9 }, () => returnsWith(0));
    const entries = [...others, others[0]!, good].map((returns) => entryWith(returns));
    const elsewhere = entryWith(returnsWith(0), { ...HISTORY, key: 'other window' });
    const otherData = entryWith(returnsWith(0), { ...HISTORY, key: 'other data', files: ['g'] });
    const found = verdict(good, [...entries, elsewhere, otherData]);
    expect([found.trials, found.trialsElsewhere]).toEqual([10, 1]);
    const moments = returnMomentsOf(good.values);
    const sharpes = [...others, good].map(({ values }) => returnMomentsOf(values).sharpe);
    const { deviation } = returnMomentsOf(sharpes);
    expect(found.deflatedSharpe).toBeCloseTo(
      deflatedSharpe(moments, { count: 10, sharpeVariance: deviation ** 2 }),
      12,
    );
    expect(found.deflatedSharpe).toBeLessThan(found.probabilisticSharpe);
  });

  test('of a rule that never trades is undefined', () => {
    const found = verdict({ values: new Float64Array(500), everySteps: 1 }, []);
    expect(found.sharpe.value).toBeNaN();
    expect(found.deflatedSharpe).toBeNaN();
    expect(found.trials).toBe(1);
  });
});

describe('a stored run', () => {
  test('of one history is noted once, and its verdict counts the trials of the ledger', async () => {
    const home = folderWith({ 'days.csv': candlesText(200) });
    const markets = { X: { process: 'replay', file: join(home, 'days.csv') } };
    const data = dataWith({ markets, steps: undefined, episodes: 3, record: { episodes: 0 } });
    const dirs = [join(home, 'a'), join(home, 'b')];
    await runEnsemble(data, { dir: dirs[0]!, workers: 1 });
    await runEnsemble({ ...data, strategy: { use: 'sma-cross', fast: 2, slow: 5 } }, { dir: dirs[1]!, workers: 1 });
    for (const dir of [...dirs, dirs[0]!]) {
      const run = await StoredRun.open(dir);
      await recordRun(run, home);
      run.close();
    }
    expect(readLedger(home).entries.map(({ run, parameters }) => [run, parameters])).toEqual([
      [dirs[0], { fast: 3, slow: 8 }],
      [dirs[1], { fast: 2, slow: 5 }],
    ]);
    const run = await StoredRun.open(dirs[0]!);
    const found = (await historyVerdict(run, home))!;
    expect(found).toMatchObject({ data: ['days.csv'], episodes: 3, trials: 2, returns: 199, everySteps: 1 });
    expect(found.sharpe.value).toBeCloseTo(run.summary.metrics.sharpe!.mean!, 10);
    run.close();
  });

  test('of simulated markets is no trial on a history', async () => {
    const home = folderWith();
    await runEnsemble(dataWith({ episodes: 2 }), { dir: join(home, 'a'), workers: 1 });
    const run = await StoredRun.open(join(home, 'a'));
    await recordRun(run, home);
    expect(await historyVerdict(run, home)).toBeNull();
    expect(readLedger(home).entries).toEqual([]);
    run.close();
  });
});
