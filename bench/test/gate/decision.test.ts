import { RandomStream } from '@ergodic/core';
import { describe, expect, test } from 'vitest';
import { decide, MOST_PAIRS, overall } from '../../src/gate/decision.ts';
import { type GateResult, measure } from '../../src/gate/measure.ts';

const WORKLOADS = ['reference', 'candles', 'rewards'];
const TRIES = 400;

/**
 * How many runs of the gate found a slowdown, where a pair's log ratio is that of its workload plus noise: the noise of Student's t
 * with 5 degrees of freedom, heavy in its tails, with the standard deviation that pairs of processes were measured to have.
 */
async function slowdownsFound(slowdowns: readonly number[], deviation: number, seed: number): Promise<number> {
  const random = new RandomStream([seed, 2, 3, 4]);
  // The variance of t with 5 degrees of freedom is 5/3; its square is a normal's over a chi-square's mean, which is 2·gamma(5/2)/5.
  const noise = (): number => random.normal() / Math.sqrt((2 * random.gamma(2.5)) / 5) / Math.sqrt(5 / 3);
  const run = (): Promise<GateResult> =>
    measure(async (workload) => ({
      logRatio: Math.log1p(slowdowns[WORKLOADS.indexOf(workload)]!) + deviation * noise(),
      isSameWork: true,
    }));
  let found = 0;
  for (let i = 0; i < TRIES; i++) if ((await run()).verdict === 'slower') found++;
  return found;
}

/** A count of 400 that shows a rate above 90 %: the expectation plus 2.33 standard deviations (a false pass in 100). */
const ABOVE_90 = TRIES * 0.9 + 2.33 * Math.sqrt(TRIES * 0.9 * 0.1);
/** One that shows a rate below 5 %. */
const BELOW_5 = TRIES * 0.05 - 2.33 * Math.sqrt(TRIES * 0.05 * 0.95);

describe('with the noise of a busy machine, 4 % from pair to pair', () => {
  test('a slowdown of 10 % is found in more than 9 of 10 tries', async () => {
    expect(await slowdownsFound([0.1, 0.1, 0.1], 0.04, 1)).toBeGreaterThan(ABOVE_90);
  });

  test('also where one workload has it alone', async () => {
    expect(await slowdownsFound([0.1, 0, 0], 0.04, 2)).toBeGreaterThan(ABOVE_90);
  });

  test('an engine that is as fast raises a false alarm in less than 1 of 20', async () => {
    expect(await slowdownsFound([0, 0, 0], 0.04, 3)).toBeLessThan(BELOW_5);
  });

  test('so does one that is 10 % faster', async () => {
    expect(await slowdownsFound([-0.1, -0.1, -0.1], 0.04, 4)).toBeLessThan(BELOW_5);
  });
});

test('with twice the noise there are no more false alarms', async () => {
  expect(await slowdownsFound([0, 0, 0], 0.08, 5)).toBeLessThan(BELOW_5);
});

describe('a decision', () => {
  const nearly = (ratio: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => Math.log(ratio) + 1e-4 * (i % 2 === 0 ? i : -i));

  test('takes six pairs', () => {
    expect(decide([])).toMatchObject({ verdict: 'undecided' });
    expect(decide(nearly(1.1, 5)).verdict).toBe('undecided');
    expect(decide(nearly(1.1, 6)).verdict).toBe('slower');
    expect(decide(nearly(1, 6)).verdict).toBe('level');
  });

  test('is none while the interval has the tolerance in it', () => {
    const { verdict, ratio } = decide([0.02, 0.04, 0.04, 0.05, 0.06, 0.07, 0.08]);
    expect(verdict).toBe('undecided');
    expect(ratio.low).toBeLessThan(1.05);
    expect(ratio.high).toBeGreaterThan(1.05);
    expect(ratio.estimate).toBeCloseTo(Math.exp(0.05), 12);
  });

  test('of all workloads: one that is slower is enough, all must be level', () => {
    expect(overall(['level', 'slower', 'undecided'])).toBe('slower');
    expect(overall(['level', 'undecided'])).toBe('undecided');
    expect(overall(['level', 'level'])).toBe('level');
  });
});

describe('the measurement', () => {
  test('ends with the first workload that is slower, and takes no more pairs of one that is decided', async () => {
    const pairs: string[] = [];
    const result = await measure(async (workload) => {
      pairs.push(workload);
      return { logRatio: workload === 'candles' ? 0.2 : 0, isSameWork: workload !== 'rewards' };
    });
    expect(result.verdict).toBe('slower');
    expect(pairs).toHaveLength(17);
    expect(result.workloads.map(({ logRatios }) => logRatios.length)).toEqual([6, 6, 5]);
    expect(result.workloads.map(({ isSameWork }) => isSameWork)).toEqual([true, true, false]);
  });

  test('gives up when the noise hides the answer', async () => {
    const result = await measure(async (_, pair) => ({
      logRatio: 0.05 + 0.2 * Math.sin(2.4 * pair),
      isSameWork: true,
    }));
    expect(result.verdict).toBe('undecided');
    expect(result.workloads.every(({ logRatios }) => logRatios.length === MOST_PAIRS)).toBe(true);
  });
});
