import { parseConfig } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { checkSpread, parseUntil } from '../../src/until/rule.ts';
import { configWith } from '../support.ts';

describe('a rule to end a run', () => {
  it.each([
    ['mean(totalReturn) +- 0.001', 'mean(totalReturn) +- 0.001', 0.001],
    ['  mean( totalReturn )±1e-3 ', 'mean(totalReturn) +- 1e-3', 0.001],
    ['probabilityOfRuin +- 0.5 %', 'probabilityOfRuin +- 0.5 %', 0.005],
    ['q05(totalReturn) +- .5%', 'q05(totalReturn) +- .5 %', 0.005],
    ['probability(maxDrawdown > 0.5) +- 0.01', 'probability(maxDrawdown > 0.5) +- 0.01', 0.01],
  ])('is read: %s', (text, normal, halfWidth) => {
    expect(parseUntil(text)).toMatchObject({ text: normal, halfWidth });
    // What a manifest keeps is read again by whoever resumes the run.
    expect(parseUntil(normal)).toMatchObject({ text: normal, halfWidth });
  });

  it.each([
    [
      'mean(totalReturn)',
      'UNTIL_INVALID',
      /after mean\(totalReturn\) there must be \+- \(or ±\) .* got nothing; write it/,
    ],
    ['mean(totalReturn) < 0.1', 'UNTIL_INVALID', /there must be \+-.* got < 0\.1/],
    ['mean(totalReturn) +-', 'UNTIL_INVALID', /must be a number greater than 0, with or without %, got nothing/],
    ['mean(totalReturn) +- wide', 'UNTIL_INVALID', /must be a number greater than 0.* got wide/],
    ['mean(totalReturn) +- 0', 'UNTIL_INVALID', /greater than 0.* got 0/],
    ['mean(totalReturn) +- -1', 'UNTIL_INVALID', /greater than 0.* got -1/],
    ['mean(totalReturn) +- 1e999', 'UNTIL_INVALID', /greater than 0.* got 1e999/],
    ['mean(totalReturn) +- 5 % of value', 'UNTIL_INVALID', /got 5 % of value/],
    ['max(totalReturn) +- 0.1', 'UNTIL_INVALID', /observed extreme: it has no interval/],
    ['meen(totalReturn) +- 0.1', 'FIGURE_INVALID', /got meen; did you mean mean\?/],
    ['', 'FIGURE_INVALID', /character 1: .*name.*write mean/],
  ])('is refused with its place and a way out: %s', (text, code, message) => {
    expect(() => parseUntil(text)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('episodes that must all be the same', () => {
  const market = { process: 'replay', file: 'prices.csv' };
  const check = (changes: Record<string, unknown>): void =>
    checkSpread(
      parseUntil('mean(totalReturn) +- 0.1'),
      parseConfig(configWith({ markets: { A: market }, ...changes })),
    );

  it('are refused: more of them tell nothing', () => {
    expect(() => check({})).toThrow(
      expect.objectContaining({ code: 'UNTIL_INVALID', message: expect.stringContaining('replays the same history') }),
    );
  });

  it.each([
    ['episodes start anywhere', { markets: { A: { ...market, start: 'random' } } }],
    ['one of two markets is drawn', { markets: { A: market, B: { process: 'gbm', price: 1, volatility: 0.1 } } }],
    ['a value is drawn', { randomize: { 'execution.slippage.bps': { uniform: [0, 10] } } }],
    ['the strategy draws', { strategy: { use: 'random' } }],
    ["a user's strategy may draw", { strategy: { use: './own.ts' } }],
  ])('are not meant where %s', (_, changes) => {
    expect(() => check(changes)).not.toThrow();
  });
});
