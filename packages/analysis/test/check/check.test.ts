import { writeFileSync } from 'node:fs';
import { type Check, checkRun, parseAssertion, type StoredRun } from '@ergodic/analysis';
import { beforeAll, describe, expect, it } from 'vitest';
import { configWith, pathOf, stored, strategyFile } from './runs.ts';

function check(run: StoredRun, texts: readonly string[], baseline?: StoredRun): Promise<Check> {
  return checkRun(run, texts.map(parseAssertion), baseline);
}

function verdicts({ findings }: Check): Record<string, string> {
  return Object.fromEntries(findings.map(({ text, verdict }) => [text, verdict]));
}

let base: StoredRun;

beforeAll(async () => {
  base = await stored(configWith());
});

describe('a check of a stored run', () => {
  it('judges each assertion, and is as good as the worst', async () => {
    const found = await check(base, ['q05(totalReturn) > -0.5', 'mean(totalReturn) > 1', 'probabilityOfRuin < 0.05']);
    expect(found.findings.map(({ verdict }) => verdict)).toEqual(['passed', 'failed', 'passed']);
    expect(found).toMatchObject({ verdict: 'failed', baseline: null, notices: [] });
    expect(found.run).toMatchObject({ id: base.manifest.id, seed: 'check', episodes: 400, failed: 0 });
    expect((await check(base, ['q05(totalReturn) > -0.5'])).verdict).toBe('passed');
    const value = base.summary.metrics.totalReturn!.mean!;
    expect(await check(base, ['q05(totalReturn) > -0.5', `mean(totalReturn) > ${value}`])).toMatchObject({
      verdict: 'undecided',
    });
  });

  it('has the values that the summary has', async () => {
    const { mean, q05, sd, min } = base.summary.metrics.totalReturn!;
    const names = ['mean', 'q05', 'sd', 'min'];
    const { findings } = await check(
      base,
      names.map((name) => `${name}(totalReturn) > -9`),
    );
    for (const [i, value] of [mean, q05, sd, min].entries()) expect(findings[i]!.value).toBeCloseTo(value!, 12);
  });

  it('refuses columns that the run does not have, and baselines where there is none', async () => {
    await expect(check(base, ['mean(totalRetrun) > 0'])).rejects.toMatchObject({
      code: 'FIGURE_INVALID',
      message: expect.stringContaining('did you mean totalReturn?'),
    });
    await expect(check(base, ['mean(totalReturn) > baseline'])).rejects.toMatchObject({
      code: 'ASSERTION_INVALID',
      message: expect.stringContaining('character 21: there is no baseline; name one with --baseline RUN'),
    });
  });
});

describe('a check against a baseline', () => {
  it('pairs episodes where both runs share their paths', async () => {
    const cheaper = await stored(configWith({ execution: { fees: { taker: 0.0009 } } }));
    const found = await check(cheaper, ['mean(totalReturn) > baseline', 'mean(totalReturn) < 1.5'], base);
    expect(found.baseline).toMatchObject({ id: base.manifest.id, isPaired: true, episodesCompared: 400 });
    // Assertions that name the baseline stand for the standard set.
    expect(verdicts(found)).toEqual({ 'mean(totalReturn) > baseline': 'passed', 'mean(totalReturn) < 1.5': 'passed' });
    expect(found.notices).toEqual([]);
    expect(verdicts(await check(base, [], cheaper))).toMatchObject({
      'mean(totalReturn) no worse than baseline': 'failed',
      'probabilityOfRuin no worse than baseline': 'passed',
    });
    expect(await check(cheaper, ['mean(totalReturn) < 1.5'], base)).toMatchObject({ verdict: 'passed' });
  });

  it('compares runs of other paths as independent, and says so', async () => {
    const other = await stored(configWith({ seed: 'other', execution: { fees: { taker: 0.0009 } } }));
    const found = await check(other, ['mean(totalReturn) > baseline'], base);
    expect(found.baseline!.isPaired).toBe(false);
    expect(found.verdict).toBe('undecided');
    expect(found.notices).toEqual([
      expect.stringMatching(/do not share their market paths: seed; compared as independent/),
    ]);
  });

  it('takes the episodes that both have', async () => {
    const longer = await stored(configWith({ episodes: 500 }));
    for (const [own, other] of [
      [longer, base],
      [base, longer],
    ] as const) {
      const found = await check(own, ['mean(totalReturn) >= baseline', 'mean(totalReturn) < 1.5'], other);
      expect(found.notices).toEqual([expect.stringContaining('the first 400 episodes')]);
      expect(found.findings[0]).toMatchObject({ verdict: 'passed', value: 0, method: 'the same in every episode' });
      expect(found.findings[1]!.n).toBe(own === longer ? 500 : 400);
    }
  });
});

describe('a check of a run that could end early', () => {
  it('has intervals that hold over all checks of the run', async () => {
    const run = await stored(configWith({ episodes: 5_000 }), { until: 'mean(totalReturn) +- 0.5' });
    expect(run.manifest.config.episodes).toBe(1_024);
    const { findings, notices } = await check(run, ['mean(totalReturn) < 5']);
    const [last] = run.manifest.until!.checks;
    // Checks at 1,024, 2,048, 4,096 and 5,000 share the 5 %.
    expect(findings[0]).toMatchObject({ tail: 0.05 / 4, low: last!.low, high: last!.high });
    expect(notices).toEqual([expect.stringContaining('intervals are at 98.75 %')]);
  });
});

describe('ensembles at the edge', () => {
  const EVENT = 'const pick = Math.floor(market.price * 1e6)';

  it('with 3 failed and 40 ruined episodes', async () => {
    // The first price after the start decides what becomes of an episode, and nothing else does.
    const use = strategyFile(
      'fragile',
      `${EVENT} % 1000; if (market.step === 1) {
      if (pick < 3) throw new Error('no good');
      context.order('buy', pick < 60 ? 1_000 : 1);
    }`,
    );
    const run = await stored(
      configWith({
        episodes: 1_000,
        seed: 'edge',
        strategy: { use },
        portfolio: { ruin: 0.5, allowShort: true, risk: { maxLeverage: 20 } },
        markets: { A: { process: 'gbm', price: 100, volatility: 3 } },
      }),
    );
    const { failed, ruined } = run.summary.episodes;
    expect(failed).toBeGreaterThan(0);
    expect(ruined).toBeGreaterThan(10);
    const found = await check(run, [
      'probabilityOfRuin < 0.2',
      'probabilityOfFailure > 0',
      'q05(totalReturn) > -1.5',
      `probabilityOfRuin < ${(ruined + failed) / 1_000}`,
    ]);
    expect(found.findings.map(({ verdict }) => verdict)).toEqual(['passed', 'passed', 'passed', 'undecided']);
    expect(found.run.failed).toBe(failed);
    expect(found.findings[0]).toMatchObject({ n: 1_000 - failed, value: ruined / (1_000 - failed) });
  });

  it('with one episode', async () => {
    const run = await stored(configWith({ episodes: 1 }));
    const found = await check(run, [
      'mean(totalReturn) > -1',
      'q05(totalReturn) > -1',
      'min(totalReturn) > -1',
      'probabilityOfRuin < 0.5',
    ]);
    expect(found.findings.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided', 'passed', 'undecided']);
    expect(found.findings[3]!.episodesNeeded).toBe(4);
    const against = await check(run, [], run);
    expect(against.findings.map(({ verdict }) => verdict)).toContain('undecided');
  });

  it('without fills: returns are zero, and a Sharpe ratio is undefined', async () => {
    const run = await stored(configWith({ strategy: { use: strategyFile('idle', '') } }));
    const found = await check(run, [
      'mean(fills) >= 1',
      'mean(totalReturn) >= 0',
      'mean(sharpe) > 0',
      'sd(totalReturn) < 0.1',
      'kellyFraction < 1',
    ]);
    expect(found.findings.map(({ verdict }) => verdict)).toEqual(['failed', 'passed', 'failed', 'passed', 'failed']);
    expect(found.findings[2]!.reason).toBe('mean(sharpe) is undefined: no episode has a value');
    expect(found.findings[4]!.reason).toBe('kellyFraction is undefined');
  });

  it('of one history: all alike, which says nothing of another', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${60 * i},100,110,90,${100 + (i % 5)},1`);
    const file = pathOf('prices.csv');
    writeFileSync(file, `time,open,high,low,close,volume\n${rows.join('\n')}\n`);
    const run = await stored(configWith({ markets: { A: { process: 'replay', file } }, episodes: 20, steps: 40 }));
    const found = await check(run, ['mean(totalReturn) > -0.9', 'sd(totalReturn) <= 0']);
    expect(found.findings.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    expect(found.notices).toEqual([expect.stringContaining('this is one observation')]);
  });

  it('in which every episode failed', async () => {
    const run = await stored(configWith({ strategy: { use: strategyFile('broken', "throw new Error('no')") } }));
    const found = await check(run, ['mean(totalReturn) > 0', 'probabilityOfRuin < 1', 'probabilityOfFailure > 0.5']);
    expect(found.findings.map(({ verdict }) => verdict)).toEqual(['failed', 'failed', 'passed']);
    const against = verdicts(await check(run, [], base));
    expect(against['mean(totalReturn) no worse than baseline']).toBe('failed');
    expect(against['probabilityOfFailure no worse than baseline']).toBe('failed');
  });
});
