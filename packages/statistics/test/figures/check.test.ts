import { expect, it } from 'vitest';
import { checkFigure } from '../../src/figures/check.ts';
import { parseFigure } from '../../src/figures/parse.ts';

const columns = ['steps', 'totalReturn', 'maxDrawdown', 'finalPrice_BTC/USDT'];
const check = (text: string) => () => checkFigure(parseFigure(text), columns);

it('passes where the run has the columns', () => {
  for (const text of ['mean(totalReturn)', 'ergodicityGap', 'probabilityOfRuin']) expect(check(text)).not.toThrow();
});

it('suggests the column that was meant', () => {
  expect(check('mean(totalRetrun)')).toThrow(
    expect.objectContaining({
      code: 'FIGURE_INVALID',
      message: 'figure mean(totalRetrun): the run has no column totalRetrun; did you mean totalReturn?',
    }),
  );
  expect(check('mean(price)')).toThrow('known: steps, totalReturn, maxDrawdown, finalPrice_BTC/USDT');
});

it('says that a run of an older version lacks a column', () => {
  expect(check('probabilityOfGoal(0.2)')).toThrow('made by a version that did not store it: run it again');
  expect(check('probabilityOfRuin(0.5)')).toThrow('the run has no column lowestReturn');
});
