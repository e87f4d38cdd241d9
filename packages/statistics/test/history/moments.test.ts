import { expect, it } from 'vitest';
import { returnMomentsOf } from '../../src/history/moments.ts';
import golden from '../golden/history.json' with { type: 'json' };

it('agree with SciPy', () => {
  const moments = returnMomentsOf(golden.moments.returns);
  for (const name of ['mean', 'deviation', 'sharpe', 'skewness', 'kurtosis'] as const) {
    expect(moments[name]).toBeCloseTo(golden.moments[name], 10);
  }
  expect(moments.n).toBe(120);
});

it('missing returns do not count', () => {
  expect(returnMomentsOf([0.1, Number.NaN, -0.2, 0.3])).toEqual(returnMomentsOf([0.1, -0.2, 0.3]));
});

it.each([
  ['no returns', []],
  ['one return', [0.1]],
  ['the same return all the time', [0.1, 0.1, 0.1]],
])('%s have no Sharpe ratio, skewness or kurtosis', (_, returns) => {
  const { n, sharpe, skewness, kurtosis } = returnMomentsOf(returns);
  expect(n).toBe(returns.length);
  expect([sharpe, skewness, kurtosis]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
