import { parseAssertion } from '@ergodic/analysis';
import { describe, expect, it } from 'vitest';

describe('an assertion', () => {
  it.each([
    ['q05(totalReturn) > -0.2', { operator: '>', factor: 0, offset: -0.2 }],
    ['probabilityOfRuin<.01', { operator: '<', factor: 0, offset: 0.01 }],
    ['mean(sharpe) >= 1e-1', { operator: '>=', factor: 0, offset: 0.1 }],
    ['probability(maxDrawdown > 0.5) <= 20 %', { operator: '<=', factor: 0, offset: 0.2 }],
    ['mean(totalReturn) > + 2.5%', { operator: '>', factor: 0, offset: 0.025 }],
    ['mean(totalReturn) >= baseline', { operator: '>=', factor: 1, offset: 0 }],
    ['mean(totalReturn) >= baseline - 0.01', { operator: '>=', factor: 1, offset: -0.01 }],
    ['mean(maxDrawdown) <= baseline + 1 %', { operator: '<=', factor: 1, offset: 0.01 }],
    ['mean(sharpe) > 0.98 * baseline', { operator: '>', factor: 0.98, offset: 0 }],
    ['mean(sharpe) > 98 %*baseline-0.1', { operator: '>', factor: 0.98, offset: -0.1 }],
  ])('is read: %s', (text, expected) => {
    const assertion = parseAssertion(text);
    expect(assertion).toMatchObject(expected);
    // As it is shown, it means the same.
    expect(parseAssertion(assertion.text)).toMatchObject(expected);
  });

  it('is shown without needless blanks', () => {
    expect(parseAssertion('  q05( totalReturn )   >  - 20% ').text).toBe('q05(totalReturn) > -20 %');
  });

  it.each([
    ['q05(totalReturn)', 17, /after q05\(totalReturn\) there must be <, <=, > or >=, got nothing; as in/],
    ['q05(totalReturn) is 3', 17, /got is 3/],
    ['q05(totalReturn) => -0.2', 18, /=> is no comparison; did you mean >=\?/],
    ['q05(totalReturn) ≥ -0.2', 18, /≥ is no comparison; did you mean >=\?/],
    ['q05(totalReturn) == -0.2', 18, /did you mean <= or >=\?/],
    ['q05(totalReturn) >', 19, /a bound must follow; write a number/],
    ['q05(totalReturn) > high', 20, /the bound cannot be read, got high; write a number such as -0\.2 or 20 %/],
    ['q05(totalReturn) > 0.1 percent', 20, /got 0\.1 percent/],
    ['q05(totalReturn) > baseline * 0.98', 20, /the factor stands before it: 0\.98 \* baseline/],
    ['q05(totalReturn) > -2 * baseline', 20, /got -2 \* baseline/],
    ['q05(totalReturn) > mean(totalReturn)', 20, /got mean\(totalReturn\)/],
  ])('is refused with its place and a way out: %s', (text, character, message) => {
    expect(() => parseAssertion(text)).toThrow(
      expect.objectContaining({ code: 'ASSERTION_INVALID', message: expect.stringMatching(message) }),
    );
    expect(() => parseAssertion(text)).toThrow(`, character ${character}:`);
  });

  it('of an unknown figure is refused as figures are', () => {
    expect(() => parseAssertion('meen(totalReturn) > 0')).toThrow(
      expect.objectContaining({ code: 'FIGURE_INVALID', message: expect.stringContaining('did you mean mean?') }),
    );
  });
});
