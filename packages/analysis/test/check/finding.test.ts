import { type Finding, parseAssertion } from '@ergodic/analysis';
import type { EndReason } from '@ergodic/core';
import { type EpisodeTable, TAIL } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/check/finding.ts';
import { normals, tableOf } from './table.ts';

function found(text: string, own: EpisodeTable, other?: EpisodeTable, isPaired = true): Finding {
  const baseline = other === undefined ? null : { own, other, isPaired };
  return judge(parseAssertion(text), { own, baseline, tail: TAIL });
}

/** Mean 0.05, deviation 0.2. */
const returns = normals(1_000, 'findings').map((z) => 0.05 + 0.2 * z);
const table = tableOf({ totalReturn: returns, sharpe: new Float64Array(1_000).fill(Number.NaN) });

describe('an assertion', () => {
  it('passes where it holds in the whole interval', () => {
    expect(found('mean(totalReturn) > 0', table)).toMatchObject({
      verdict: 'passed',
      text: 'mean(totalReturn) > 0',
      bound: 0,
      n: 1_000,
      tail: 0.05,
      episodesNeeded: null,
      reason: 'the whole interval is within the bound',
    });
  });

  it('fails where it holds nowhere in it, and says by how much', () => {
    const { verdict, excess, value } = found('mean(totalReturn) > 0.1', table);
    expect(verdict).toBe('failed');
    expect(excess).toBeCloseTo(0.1 - value, 12);
  });

  it('is undecided within it, on either side of the bound, and says what would decide it', () => {
    const { value, high } = found('mean(totalReturn) > 0', table);
    for (const bound of [value + (high - value) / 2, value - (high - value) / 2]) {
      const { verdict, episodesNeeded, reason } = found(`mean(totalReturn) > ${bound}`, table);
      expect(verdict).toBe('undecided');
      // Half the half-width: four times the episodes.
      expect(episodesNeeded).toBeGreaterThanOrEqual(3_900);
      expect(episodesNeeded).toBeLessThanOrEqual(4_300);
      const more = (episodesNeeded! - 1_000).toLocaleString('en-US');
      expect(reason).toContain(`about ${more} more episodes would decide it (--episodes ${episodesNeeded},`);
    }
  });

  it('exactly at its bound is undecided for ever', () => {
    const { verdict, episodesNeeded, reason } = found('probabilityOfRuin <= 0', table);
    expect({ verdict, episodesNeeded }).toEqual({ verdict: 'undecided', episodesNeeded: null });
    expect(reason).toContain('exactly there, and no number of episodes decides');
    expect(found('probabilityOfRuin < 0.005', table).verdict).toBe('passed');
  });
});

describe('what has no interval', () => {
  it('fails where the figure is undefined, as a Sharpe ratio without deviation is', () => {
    expect(found('mean(sharpe) > 1', table)).toMatchObject({
      verdict: 'failed',
      value: Number.NaN,
      n: 0,
      reason: 'mean(sharpe) is undefined: no episode has a value',
    });
  });

  it('is an extreme, which is compared as observed', () => {
    const low = Math.min(...returns);
    const reason = 'compared as observed: an extreme has no interval';
    expect(found('min(totalReturn) > -1', table)).toMatchObject({ verdict: 'passed', value: low, reason });
    expect(found('max(totalReturn) < 0.1', table)).toMatchObject({ verdict: 'failed', reason });
  });

  it('is one episode, which decides nothing', () => {
    const one = tableOf({ totalReturn: [0.3] });
    const { verdict, reason, value } = found('mean(totalReturn) > 0', one);
    expect({ verdict, value }).toEqual({ verdict: 'undecided', value: 0.3 });
    expect(reason).toContain('one value has no interval; take more episodes, or min(…) and max(…)');
    expect(found('max(totalReturn) > 0', one).verdict).toBe('passed');
    expect(found('q05(totalReturn) > 0', one)).toMatchObject({ verdict: 'undecided', episodesNeeded: null });
  });

  it('is a tail that no episode is far enough out for', () => {
    const few = tableOf({ totalReturn: returns.subarray(0, 40) });
    const { low, verdict, episodesNeeded } = found('q05(totalReturn) > -2', few);
    expect({ low, verdict }).toEqual({ low: Number.NEGATIVE_INFINITY, verdict: 'undecided' });
    expect(episodesNeeded).toBeGreaterThanOrEqual(80);
  });
});

describe('episodes that are all alike', () => {
  const alike = tableOf({ totalReturn: new Float64Array(50).fill(0.25), fills: new Float64Array(50) });

  it('decide: another one would be the same', () => {
    const reason = 'the interval is this one value';
    expect(found('mean(totalReturn) > 0.2', alike)).toMatchObject({ verdict: 'passed', reason });
    expect(found('mean(totalReturn) >= 0.25', alike)).toMatchObject({ verdict: 'passed' });
    expect(found('mean(totalReturn) > 0.25', alike)).toMatchObject({ verdict: 'failed', excess: 0 });
    expect(found('mean(fills) >= 1', alike)).toMatchObject({ verdict: 'failed', value: 0, reason });
  });
});

describe('failed episodes', () => {
  const ends = Array.from(returns, (): EndReason => 'completed');
  const withFailures = (count: number, values = returns): EpisodeTable => {
    const holes = values.slice();
    holes.fill(Number.NaN, 0, count);
    return tableOf({ totalReturn: holes }, { ends: ends.map((end, i) => (i < count ? 'failed' : end)) });
  };

  it('that cannot change a verdict leave it', () => {
    for (const [text, verdict] of [
      ['q05(totalReturn) > -0.4', 'passed'],
      ['q05(totalReturn) > 0', 'failed'],
      ['median(totalReturn) > 0', 'passed'],
      ['probabilityOfRuin < 0.02', 'passed'],
    ] as const) {
      expect(found(text, withFailures(3)).verdict, text).toBe(verdict);
    }
  });

  it('that could change it make it undecided, and no number of episodes helps', () => {
    for (const text of [
      'q05(totalReturn) > -0.4',
      'probabilityOfRuin < 0.02',
      'probability(totalReturn < -0.4) < 0.04',
    ]) {
      expect(found(text, withFailures(0)).verdict, text).toBe('passed');
      expect(found(text, withFailures(60)), text).toMatchObject({
        verdict: 'undecided',
        episodesNeeded: null,
        reason: expect.stringContaining(
          'holds without the 60 failed episodes, but not whatever they would have come to',
        ),
      });
    }
    expect(found('q05(totalReturn) > -0.2', withFailures(0)).verdict).toBe('failed');
    // Were the 200 the best ones, the 5 % quantile would be higher.
    expect(found('q05(totalReturn) > -0.2', withFailures(200)).verdict).not.toBe('passed');
  });

  it('are left out of means, whose bounds nobody knows', () => {
    expect(found('mean(totalReturn) > 0', withFailures(60)).verdict).toBe('passed');
  });

  it('with many ruined ones count as ruined or not', () => {
    const some = ends.map((_, i): EndReason => (i < 3 ? 'failed' : i < 43 ? 'ruined' : 'completed'));
    const holes = returns.slice();
    holes.fill(Number.NaN, 0, 3);
    const own = tableOf({ totalReturn: holes }, { ends: some });
    const { value, n, verdict } = found('probabilityOfRuin < 0.06', own);
    // 40 of the 997 that did not fail; 43 of 1,000 at the worst, of which the interval ends at 5.75 %.
    expect({ n, verdict }).toEqual({ n: 997, verdict: 'passed' });
    expect(value).toBeCloseTo(40 / 997, 12);
    expect(found('probabilityOfRuin < 0.055', own).verdict).toBe('undecided');
    expect(found('probabilityOfRuin < 0.025', own).verdict).toBe('failed');
  });
});

describe('an assertion that names a baseline', () => {
  const better = tableOf({ totalReturn: returns.map((x, i) => x + 0.01 + (i % 2) / 1_000) });

  it('is about the difference', () => {
    const finding = found('mean(totalReturn) >= baseline - 0.005', better, table);
    expect(finding).toMatchObject({ verdict: 'passed', bound: -0.005 });
    expect(finding.value).toBeCloseTo(0.0105, 10);
    expect(finding.excess).toBeCloseTo(-0.0155, 10);
    const { own, baseline, factor } = finding.comparison!;
    expect(own - factor * baseline).toBeCloseTo(finding.value, 10);
  });

  it('is decided on the same paths where independent ones leave it open', () => {
    expect(found('mean(totalReturn) > baseline', better, table).verdict).toBe('passed');
    expect(found('mean(totalReturn) > baseline', better, table, false).verdict).toBe('undecided');
    expect(found('mean(totalReturn) > 1.01 * baseline + 0.02', better, table).verdict).toBe('failed');
  });

  it('fails where the figure is undefined, and says where', () => {
    const nothing = tableOf({ totalReturn: new Float64Array(1_000).fill(Number.NaN) });
    const text = 'mean(totalReturn) > baseline';
    expect(found(text, table, nothing)).toMatchObject({
      verdict: 'failed',
      reason: expect.stringMatching(/no episode has a value, in the baseline$/),
    });
    expect(found(text, nothing, table).reason).toMatch(/in this run$/);
  });

  it('cannot be judged without one', () => {
    expect(() => found('mean(totalReturn) > baseline', table)).toThrow(RangeError);
  });
});
