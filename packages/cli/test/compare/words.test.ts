import type { CandidateComparison, ComparedRun, MetricComparison, RunComparison } from '@ergodic/analysis';
import type { Dominance, Estimate } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { columnInWords, sizeInWords } from '../../src/compare/columns.ts';
import { dominanceInWords } from '../../src/compare/dominance.ts';
import { rangeText, signedText } from '../../src/compare/estimates.ts';
import { figureTable } from '../../src/compare/figure-table.ts';
import { overallInWords } from '../../src/compare/summary.ts';
import { labelled, plain, WIDTH, wrapped } from '../../src/compare/text.ts';
import { pairingInWords, pInWords, remarksInWords, tailInWords, verdictInWords } from '../../src/compare/words.ts';
import { money, percent } from '../../src/report/format.ts';

function estimate(value: number, half: number, n = 1_000): Estimate {
  return { value, low: value - half, high: value + half, n, method: 'test' };
}

function difference(value: number, half: number) {
  return { a: estimate(0, half), b: estimate(value, half), difference: estimate(value, half) };
}

function metricWith(changes: Partial<MetricComparison> = {}): MetricComparison {
  return {
    column: 'totalReturn',
    better: 'higher',
    verdict: 'better',
    n: [1_000, 1_000],
    mean: difference(0.0042, 0.0004),
    median: difference(0.004, 0.001),
    tailQuantile: difference(0.003, 0.004),
    shortfall: difference(0.003, 0.004),
    medianOfDifferences: estimate(0.004, 0.001),
    pValue: 1e-9,
    adjustedPValue: 1e-9,
    improvement: estimate(0.9, 0.02),
    improvementBounds: undefined,
    correlation: estimate(0.95, 0.01),
    varianceRatio: estimate(20, 2),
    firstOrder: undefined,
    secondOrder: undefined,
    episodesToDecide: Number.NaN,
    ...changes,
  };
}

function runLabelled(label: string, digest = label, fills = 10, episodes = 1_000): ComparedRun {
  const summary = { digest, metrics: { fills: { mean: fills } } };
  return { label, dir: `/runs/${label}`, manifest: { config: { episodes } }, summary } as unknown as ComparedRun;
}

function spoken(
  metric: MetricComparison,
  changes: Partial<RunComparison> = {},
  counts: Partial<CandidateComparison['episodes']> = {},
) {
  const candidate = {
    run: runLabelled('B'),
    metrics: [metric],
    episodes: { a: 1_000, b: 1_000, failedInA: 0, failedInB: 0, failedPairs: 0, ...counts },
  } as unknown as CandidateComparison;
  const comparison: RunComparison = {
    isPaired: true,
    isOneHistory: false,
    baseline: runLabelled('A'),
    candidates: [candidate],
    correction: undefined,
    ...changes,
  };
  return { comparison, candidate, metric };
}

const MANY = { comparisons: 8, method: 'Romano–Wolf' };

describe('the verdict in words', () => {
  it.each([
    [
      metricWith(),
      'B is better than A: on the same 1,000 paths its mean total return is 0.420 percentage points higher (95 % CI 0.380 to 0.460).',
    ],
    [
      metricWith({ verdict: 'worse', mean: difference(-0.0042, 0.0004) }),
      'B is worse than A: on the same 1,000 paths its mean total return is 0.420 percentage points lower (95 % CI 0.380 to 0.460).',
    ],
    [
      metricWith({ column: 'maxDrawdown', better: 'lower', mean: difference(-0.02, 0.004) }),
      'B is better than A: on the same 1,000 paths its mean maximum drawdown is 2.00 percentage points lower (95 % CI 1.60 to 2.40).',
    ],
    [
      metricWith({ column: 'orders', better: 'none', verdict: 'higher', mean: difference(3, 1) }),
      'B differs from A: on the same 1,000 paths its mean number of orders is 3.0 higher (95 % CI 2.0 to 4.0).',
    ],
    [
      metricWith({ verdict: 'undecided', mean: difference(0.001, 0.004), episodesToDecide: 31_234 }),
      "Undecided: on the same 1,000 paths the mean total return of B is 0.10 percentage points higher than A's, and the 95 % CI of the difference, -0.30 to 0.50, holds zero. About 31,000 paths would settle a difference of this size.",
    ],
    [
      metricWith({ verdict: 'undecided', mean: difference(1e-7, 0.004), episodesToDecide: 3e12 }),
      "Undecided: on the same 1,000 paths the mean total return of B is 0.00 percentage points higher than A's, and the 95 % CI of the difference, -0.40 to 0.40, holds zero. No number of episodes that can be run would settle so small a difference.",
    ],
    [metricWith({ verdict: 'identical' }), 'B and A came to the same total return on each of 1,000 paths.'],
    [metricWith({ verdict: 'unknown', n: [1, 1] }), 'No verdict: one path says nothing of which is better.'],
    [
      metricWith({ verdict: 'unknown', n: [0, 0], column: 'calmar' }),
      'No verdict: the Calmar ratio is not defined in any pair.',
    ],
  ])('is honest: case %#', (metric, text) => {
    expect(plain(verdictInWords(spoken(metric)))).toBe(text);
  });

  it('says how many comparisons there were, and that one alone would have passed', () => {
    const many = { correction: MANY };
    expect(plain(verdictInWords(spoken(metricWith({ adjustedPValue: 0.012 }), many)))).toContain(
      '(95 % CI 0.380 to 0.460, p = 0.012 among 8 comparisons)',
    );
    const lost = metricWith({ verdict: 'undecided', adjustedPValue: 0.084 });
    expect(plain(verdictInWords(spoken(lost, many)))).toBe(
      "Undecided: on the same 1,000 paths the mean total return of B is 0.420 percentage points higher than A's, which alone would be beyond chance (95 % CI 0.380 to 0.460), but not among 8 comparisons (p = 0.084).",
    );
  });

  it('speaks of episodes where the runs are independent, and of failures where there is nothing left', () => {
    expect(verdictInWords(spoken(metricWith({ n: [900, 800] }), { isPaired: false }))).toContain(
      'over 900 and 800 independent episodes',
    );
    const dead = metricWith({ verdict: 'unknown', n: [0, 0] });
    expect(verdictInWords(spoken(dead, {}, { failedInB: 1_000, failedPairs: 1_000 }))).toBe(
      'No verdict: on every path an episode failed, so there is nothing to compare.',
    );
    expect(
      verdictInWords(spoken(metricWith({ verdict: 'unknown', n: [9, 0] }), { isPaired: false }, { failedInB: 1_000 })),
    ).toBe('No verdict: every episode of one of the runs failed.');
  });

  it('does not decide from one history', () => {
    const unknown = metricWith({ verdict: 'unknown' });
    expect(plain(verdictInWords(spoken(unknown, { isOneHistory: true })))).toBe(
      'No verdict: every episode has the same prices, so however many there are, they are one observation. On this history the mean total return is 0.420 percentage points higher in B than in A.',
    );
  });

  it('notices runs whose digests are the same', () => {
    const same = metricWith({ verdict: 'identical' });
    expect(verdictInWords(spoken(same, { baseline: runLabelled('A', 'B') }))).toContain('their digests are');
  });

  it('warns where the worst episodes tell another story', () => {
    const worse = metricWith({ shortfall: difference(-0.02, 0.005) });
    expect(plain(tailInWords(spoken(worse))!)).toBe(
      'But the worst 5 % of B are worse, by 2.00 percentage points on average (95 % CI 1.50 to 2.50).',
    );
    const better = metricWith({ verdict: 'undecided', shortfall: difference(0.02, 0.005) });
    expect(tailInWords(spoken(better))).toMatch(/^The worst 5 % of B are better, by/);
    const lower = metricWith({ column: 'maxDrawdown', better: 'lower', shortfall: difference(0.02, 0.005) });
    expect(tailInWords(spoken(lower))).toMatch(/^But the worst 5 % of B are worse, by/);
    expect(tailInWords(spoken(metricWith()))).toBeUndefined();
    expect(
      tailInWords(spoken(metricWith({ better: 'none', verdict: 'higher', shortfall: difference(-1, 0.1) }))),
    ).toBeUndefined();
  });

  it('sums several runs up in one sentence', () => {
    const of = (label: string, verdict: MetricComparison['verdict']): CandidateComparison =>
      ({ ...spoken(metricWith({ verdict })).candidate, run: runLabelled(label) }) as CandidateComparison;
    const candidates = [of('B', 'better'), of('C', 'undecided'), of('D', 'better'), of('E', 'better')];
    expect(
      overallInWords({ isPaired: true, isOneHistory: false, baseline: runLabelled('A'), candidates, correction: MANY }),
    ).toBe('By mean total return, corrected for 8 comparisons: B, D and E are better than A, C is not told from A.');
  });

  it('remarks on what a reader would wonder at', () => {
    const said = spoken(metricWith(), { baseline: runLabelled('A', 'x', 0, 2_000) }, { failedInA: 1, failedPairs: 1 });
    expect(remarksInWords(said)).toEqual([
      'A never traded.',
      'A has 2,000 episodes and B 1,000; the first 1,000 of both are compared.',
      '1 of A failed; the 1 pair with a failure is left out.',
    ]);
  });
});

describe('dominance in words', () => {
  const result = (verdict: Dominance['verdict'], pA: number, pB: number): Dominance => ({
    order: 1,
    verdict,
    againstA: { excess: 0.1, at: -0.05, pValue: pA },
    againstB: { excess: 0.1, at: 0.2, pValue: pB },
    n: [1_000, 1_000],
    points: 256,
    method: 'test',
  });
  const say = (dominance: Dominance): string =>
    plain(dominanceInWords(dominance, { column: 'totalReturn' }, ['A', 'C']));

  it('names both null hypotheses and what became of them', () => {
    expect(say(result('B dominates', 0.0004, 0.8))).toBe(
      'C dominates: whoever likes more prefers it; "A dominates C" is rejected (p < 0.001), "C dominates A" is not (p = 0.80)',
    );
    expect(say(result('A dominates', 0.8, 0.01))).toMatch(/^A dominates: .*"C dominates A" is rejected \(p = 0\.010\)/);
    expect(say(result('equal within noise', 0.3, 0.4))).toBe(
      'none is seen: neither "A dominates C" (p = 0.30) nor "C dominates A" (p = 0.40) is rejected',
    );
    expect(say(result('neither', 0.01, 0.02))).toContain('A does worse around -5.0 %, C around 20.0 %');
    expect(say(result('undecided', 0.01, 0.2))).toBe(
      'undecided: "A dominates C" is rejected (p = 0.010), but C may do worse around 20.0 % (p = 0.20)',
    );
    expect(say(result('undecided', Number.NaN, Number.NaN))).toContain('fewer than 20');
  });
});

describe('figures in words', () => {
  it('have as many digits as they are worth, and signs where they are differences', () => {
    expect(plain(signedText(estimate(0.0042, 0.0004), percent))).toBe('+0.420 %');
    expect(plain(signedText(estimate(-0.0042, 0.01), percent))).toBe('-0.4 %');
    expect(plain(signedText(estimate(0.0004, 0.01), percent))).toBe('0.0 %');
    expect(plain(signedText(estimate(0, 0.01), percent))).toBe('0 %');
    expect(rangeText({ ...estimate(1, 1), low: Number.NEGATIVE_INFINITY }, money)).toBe('up to 2.00');
    expect(rangeText({ ...estimate(1, 1), high: Number.POSITIVE_INFINITY }, money)).toBe('0.00 and more');
    expect(rangeText(estimate(Number.NaN, 1), money)).toBe('–');
    expect(sizeInWords('totalReturn', -0.01, 0.001)).toBe('1.00 percentage points');
    expect(sizeInWords('finalEquity', -12, 1)).toBe('12.00');
    expect(['reward_log-return', 'volatility_BTC/USDT', 'turnover'].map(columnInWords)).toEqual([
      'reward log-return',
      'volatility of BTC/USDT',
      'turnover',
    ]);
  });

  it('say what pairing saved', () => {
    expect(pairingInWords(metricWith())).toBe(
      'correlation 0.95; independent runs would need 20 times as many episodes (95 % CI 18 to 22)',
    );
    expect(pairingInWords(metricWith({ varianceRatio: estimate(Number.NaN, 1) }))).toContain(
      'nothing is left to chance',
    );
    expect(pairingInWords(metricWith({ correlation: estimate(Number.NaN, 1) }))).toContain('save nothing');
    expect([0.0004, 0.0123, 0.5, Number.NaN].map((p) => plain(pInWords(p)))).toEqual([
      'p < 0.001',
      'p = 0.012',
      'p = 0.50',
      'p undefined',
    ]);
  });
});

describe('text of a hundred columns', () => {
  it('wraps between words and never within a figure', () => {
    const words = Array.from({ length: 60 }, (_, i) => `${i}\u202f%`).join(' ');
    const lines = labelled('Label  ', 7, words);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(WIDTH);
    expect(lines.slice(1).every((line) => line.startsWith('       '))).toBe(true);
    expect(wrapped('x'.repeat(120))).toEqual(['x'.repeat(120)]);
  });

  it('puts intervals below figures that are too wide', () => {
    const wide = { a: estimate(1e11, 1e3), b: estimate(-1e11, 1e3), difference: estimate(-2e11, 1e3) };
    const lines = figureTable('final equity', [{ name: 'mean', show: money, figure: wide }], ['A', 'B']).map(plain);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(WIDTH);
    expect(lines[1]).toMatch(/^mean +A +100,000,000,000\.00 +99,999,999,000\.00 to 100,000,001,000\.00$/);
    const broad = { a: estimate(1e5, 1e3), b: estimate(-1e5, 1e3), difference: estimate(-2e5, 1e3) };
    const two = figureTable('final equity', [{ name: 'mean', show: money, figure: broad }], ['A', 'B']).map(plain);
    expect(two).toHaveLength(3);
    for (const line of two) expect(line.length).toBeLessThanOrEqual(WIDTH);
    expect(two[2]).toContain('(99,000.00 to 101,000.00)');
    const [head, row] = figureTable(
      'total return',
      [{ name: 'mean', show: percent, figure: difference(0.1, 0.02) }],
      ['A', 'B'],
    );
    expect([head, row].map((line) => plain(line!))).toEqual([
      'total return    A      95 % CI       B      95 % CI    B - A      95 % CI',
      'mean          0 %  -2.0 to 2.0  10.0 %  8.0 to 12.0  +10.0 %  8.0 to 12.0',
    ]);
  });
});
