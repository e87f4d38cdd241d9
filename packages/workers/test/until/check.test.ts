import { describe, expect, it } from 'vitest';
import { checked, isDecided, newState, nextSize, type UntilState } from '../../src/until/check.ts';
import { parseUntil } from '../../src/until/rule.ts';
import { lognormalReturns, tableOf } from './table.ts';

/** Makes checks until one decides. */
function decide(text: string, values: Float64Array): UntilState {
  const rule = parseUntil(text);
  let state = newState(rule, values.length);
  while (!isDecided(state)) state = checked(state, rule, tableOf(values.subarray(0, nextSize(state))));
  return state;
}

describe('checks of a run', () => {
  const values = lognormalReturns(9_000, 0.5, 'checks');

  it('end with the first interval that is narrow enough', () => {
    const state = decide('mean(totalReturn) +- 0.03', values);
    expect(state.satisfied).toBe(true);
    expect(state.checks.map(({ episodes }) => episodes)).toEqual([1_024, 2_048, 4_096]);
    const halves = state.checks.map(({ value, low, high }) => Math.max(high! - value!, value! - low!));
    expect(halves.filter((half) => half <= 0.03)).toEqual([halves.at(-1)]);
    // Five checks are possible, of which each may err by a fifth of 5 %.
    expect(state.checks.map(({ tail }) => tail)).toEqual([0.01, 0.01, 0.01]);
    expect(state).not.toHaveProperty('episodesNeeded');
  });

  it('end at the cap, and say how many episodes would do', () => {
    const state = decide('mean(totalReturn) +- 0.001', values);
    expect(state).toMatchObject({ satisfied: false, cap: 9_000 });
    expect(state.checks.at(-1)).toMatchObject({ episodes: 9_000 });
    expect(state.episodesNeeded).toBeGreaterThan(1e6);
  });

  it('with one check have the plain interval', () => {
    expect(decide('mean(totalReturn) +- 1', values.subarray(0, 500)).checks).toMatchObject([{ tail: 0.05 }]);
  });

  it('take the farther end of a skewed interval', () => {
    const { checks } = decide('mean(totalReturn) +- 1', lognormalReturns(1_024, 2, 'skewed'));
    const { value, low, high } = checks[0]!;
    const farther = high! - value!;
    expect(farther).toBeGreaterThan(value! - low!);
    const between = (farther + (value! - low!)) / 2;
    const text = `mean(totalReturn) +- ${between}`;
    expect(decide(text, lognormalReturns(1_024, 2, 'skewed')).satisfied).toBe(false);
  });

  it('leave failed episodes out', () => {
    const some = values.slice(0, 1_024);
    some.fill(Number.NaN, 0, 24);
    const [with_] = decide('mean(totalReturn) +- 1', some).checks;
    const [without] = decide('mean(totalReturn) +- 1', some.subarray(24)).checks;
    expect(with_).toMatchObject({ value: without!.value, low: without!.low, episodes: 1_024 });
  });

  it('are not satisfied by values that are all the same: another may be anything', () => {
    const state = decide('mean(totalReturn) +- 0.1', new Float64Array(3_000).fill(0.25));
    expect(state).toMatchObject({ satisfied: false, episodesNeeded: null });
    expect(state.checks.at(-1)).toMatchObject({ episodes: 3_000, value: 0.25, low: 0.25, high: 0.25 });
  });

  it('are satisfied by a share of nothing, whose interval has a width', () => {
    const state = decide('probabilityOfRuin +- 1 %', values);
    expect(state.satisfied).toBe(true);
    expect(state.checks[0]!.value).toBe(0);
    expect(state.checks[0]!.high).toBeGreaterThan(0);
  });

  it('go on where the figure is undefined, and have nulls', () => {
    const state = decide('mean(totalReturn) +- 1', new Float64Array(2_000).fill(Number.NaN));
    const nothing = { value: null, low: null, high: null };
    expect(state.checks).toMatchObject([nothing, nothing]);
    expect(state).toMatchObject({ satisfied: false, episodesNeeded: null });
  });
});

describe('the interval that ended a run', () => {
  it('holds the true mean of a skewed figure in at least 95 % of runs', () => {
    // Three checks are possible. 300 runs at 95 %: below 276 hits with probability 0.6 % (binomial); fixed seeds.
    const trials = 300;
    const mean = Math.exp(0.5 * 0.5 * 0.5) - 1;
    const sizes = new Set<number>();
    let hits = 0;
    for (let i = 0; i < trials; i++) {
      const { checks } = decide('mean(totalReturn) +- 0.0445', lognormalReturns(4_096, 0.5, `coverage ${i}`));
      const { low, high, episodes } = checks.at(-1)!;
      if (low! <= mean && mean <= high!) hits++;
      sizes.add(episodes);
    }
    // The width is chosen so that chance decides where a run ends.
    expect(sizes.size).toBeGreaterThan(1);
    expect(hits).toBeGreaterThanOrEqual(276);
  });
});
