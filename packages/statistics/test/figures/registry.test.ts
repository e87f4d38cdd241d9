import { describe, expect, it } from 'vitest';
import { meanOf } from '../../src/ensemble/mean.ts';
import { shareOfCount } from '../../src/ensemble/share.ts';
import { parseFigure } from '../../src/figures/parse.ts';
import { ruinTimes } from '../../src/figures/samples.ts';
import { tableOf } from './table.ts';

const failed = Number.NaN;
/** Six episodes: one failed, two ruined, one stopped. */
const table = tableOf(
  {
    totalReturn: [0.1, -0.2, failed, -0.99, -0.995, 0],
    steps: [100, 100, failed, 20, 50, 40],
    lowestReturn: [-0.05, -0.5, failed, -0.99, -0.995, -0.1],
    highestReturn: [0.3, 0.2, failed, 0, 0.1, 0],
  },
  { ends: { 2: 'failed', 3: 'ruined', 4: 'ruined', 5: 'stopped' } },
);
const evaluate = (text: string) => parseFigure(text).evaluate(table);

describe('probabilities are shares of the episodes that did not fail', () => {
  it.each([
    ['probabilityOfRuin', 2, 5],
    ['probabilityOfRuin(0.5)', 3, 5],
    ['probabilityOfRuin(0.1)', 2, 5],
    ['probabilityOfGoal(0.2)', 2, 5],
    ['probabilityOfGoal(0.5)', 0, 5],
    ['probabilityOfLoss', 3, 5],
    ['probability(totalReturn <= 0)', 4, 5],
    ['probability(totalReturn < 0)', 3, 5],
    ['probability(totalReturn > 0)', 1, 5],
    ['probability(totalReturn >= 0)', 2, 5],
  ])('%s is %i of %i', (text, k, n) => {
    expect(evaluate(text)).toEqual(shareOfCount(k, n));
  });

  it('but that of failure counts all', () => {
    expect(evaluate('probabilityOfFailure')).toEqual(shareOfCount(1, 6));
  });
});

it('time to ruin is of the ruined episodes alone', () => {
  expect(evaluate('timeToRuin')).toMatchObject({ value: 35, n: 2 });
  expect(Array.from(ruinTimes(table).values)).toEqual([failed, failed, failed, 20, 50, failed]);
});

it('without ruin there is no time to it, and the figure says so', () => {
  const { value, n, method } = parseFigure('timeToRuin').evaluate(tableOf({ steps: [100, 100] }));
  expect([value, n, method]).toEqual([Number.NaN, 0, 'undefined: no episode was ruined']);
});

it('growth rates are annual', () => {
  const years = (100 + 100 + 20 + 50 + 40) / 5 / 100;
  const logs = [1.1, 0.8, 0.01, 0.005, 1].map(Math.log);
  expect(evaluate('timeAverageGrowth').value).toBeCloseTo(logs.reduce((a, b) => a + b) / 5 / years, 12);
  expect(evaluate('ensembleAverageGrowth').value).toBeCloseTo(Math.log((1.1 + 0.8 + 0.01 + 0.005 + 1) / 5) / years, 12);
});

it('expectedShortfall is es05', () => {
  expect(evaluate('expectedShortfall(totalReturn)')).toEqual(evaluate('es05(totalReturn)'));
});

it('the error probability of the interval is passed on', () => {
  const sample = { values: table.column('totalReturn'), antithetic: false };
  expect(parseFigure('mean(totalReturn)').evaluate(table, 0.5)).toEqual(meanOf(sample, 0.5));
});

it('antithetic pairs are passed on', () => {
  const values = Array.from({ length: 200 }, (_, i) => (i % 4 < 2 ? 1 : 2));
  const paired = parseFigure('mean(totalReturn)').evaluate(tableOf({ totalReturn: values }, { antithetic: true }));
  const plain = parseFigure('mean(totalReturn)').evaluate(tableOf({ totalReturn: values }));
  // Both of a pair are the same: half as many values, an error larger by √2.
  expect((paired.high - paired.low) / (plain.high - plain.low)).toBeCloseTo(Math.SQRT2, 1);
});

it('a run without episodes, or with failed ones alone, has no figures', () => {
  const nothing = tableOf({ totalReturn: [failed], steps: [failed] }, { ends: { 0: 'failed' } });
  for (const text of ['mean(totalReturn)', 'probabilityOfRuin', 'timeToRuin', 'kellyFraction', 'ergodicityGap']) {
    expect(parseFigure(text).evaluate(nothing)).toMatchObject({
      value: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
      n: 0,
    });
  }
  expect(parseFigure('probabilityOfFailure').evaluate(nothing).value).toBe(1);
});

it('a column that was not loaded is an error of the caller', () => {
  expect(() => evaluate('mean(sharpe)')).toThrow(RangeError);
});
