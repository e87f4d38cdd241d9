import { REGRESSIONS } from '@ergodic/analysis';
import type { EndReason } from '@ergodic/core';
import { type EpisodeTable, TAIL } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { judgeRegressions } from '../../src/check/regressions.ts';
import { normals, tableOf } from './table.ts';

const N = 1_000;

function runOf(change: number, noise = 0, seed = 'own', ends: readonly EndReason[] = []): EpisodeTable {
  const shared = normals(N, 'paths');
  const own = normals(N, seed);
  const totalReturn = shared.map((z, i) => 0.2 * z + change + noise * own[i]!);
  const maxDrawdown = totalReturn.map((x) => Math.max(0.01, 0.2 - x));
  return tableOf({ totalReturn, maxDrawdown }, { ends });
}

function verdicts(own: EpisodeTable, other: EpisodeTable, isPaired = true): Record<string, string> {
  const findings = judgeRegressions({ own, baseline: { own, other, isPaired }, tail: TAIL });
  return Object.fromEntries(findings.map(({ figure, verdict }) => [figure, verdict]));
}

const ALL = Object.fromEntries(REGRESSIONS.map(({ figure }) => [figure, 'passed']));

describe('the standard set of a baseline', () => {
  it('passes for the same run, and says so', () => {
    const findings = judgeRegressions({
      own: runOf(0),
      baseline: { own: runOf(0), other: runOf(0), isPaired: true },
      tail: TAIL,
    });
    expect(findings.map(({ reason }) => reason)).toEqual(REGRESSIONS.map(() => 'the same in every episode'));
    expect(findings[0]).toMatchObject({
      text: 'mean(totalReturn) no worse than baseline',
      verdict: 'passed',
      value: 0,
      bound: 0,
      tail: TAIL / REGRESSIONS.length,
    });
  });

  it('passes what became better, or differs by noise alone', () => {
    expect(verdicts(runOf(0.01), runOf(0))).toEqual(ALL);
    expect(verdicts(runOf(0, 0.05), runOf(0, 0.05, 'other'))).toEqual(ALL);
  });

  it('fails what became worse, in the direction that is worse', () => {
    const expected = { 'mean(totalReturn)': 'failed', 'median(totalReturn)': 'failed', 'mean(maxDrawdown)': 'failed' };
    expect(verdicts(runOf(-0.01, 0.01), runOf(0))).toMatchObject(expected);
    const [mean] = judgeRegressions({
      own: runOf(-0.01),
      baseline: { own: runOf(-0.01), other: runOf(0), isPaired: true },
      tail: TAIL,
    });
    expect(mean!.excess).toBeCloseTo(0.01, 12);
  });

  it('sees ruin and failures that were not there', () => {
    const ends = (bad: EndReason): EndReason[] => Array.from({ length: N }, (_, i) => (i < 40 ? bad : 'completed'));
    expect(verdicts(runOf(0, 0, 'own', ends('ruined')), runOf(0))).toEqual({ ...ALL, probabilityOfRuin: 'failed' });
    const broken = verdicts(runOf(0, 0, 'own', ends('failed')), runOf(0));
    expect(broken.probabilityOfFailure).toBe('failed');
    expect(verdicts(runOf(0), runOf(0, 0, 'own', ends('ruined')))).toEqual(ALL);
  });

  it('needs far larger changes on other paths', () => {
    expect(verdicts(runOf(-0.01, 0.01), runOf(0), false)).toEqual(ALL);
    expect(verdicts(runOf(-0.1), runOf(0), false)['mean(totalReturn)']).toBe('failed');
  });

  it('is undecided with one episode', () => {
    const [own, other] = [0.1, 0.2].map((x) => tableOf({ totalReturn: [x], maxDrawdown: [x] }));
    const found = verdicts(own!, other!);
    expect(found['mean(totalReturn)']).toBe('undecided');
  });

  it('of runs that differ by noise raises a false alarm in at most 5 % of trials', () => {
    const trials = 300;
    let alarms = 0;
    for (let i = 0; i < trials; i++) {
      const found = verdicts(runOf(0, 0.1, `a ${i}`), runOf(0, 0.1, `b ${i}`));
      if (Object.values(found).includes('failed')) alarms++;
    }
    // One-sided, at most 2.5 % in sum: 7.5 ± 2.7 of 300. More than 18 have a chance of 0.03 %.
    expect(alarms).toBeLessThanOrEqual(18);
  });
});
