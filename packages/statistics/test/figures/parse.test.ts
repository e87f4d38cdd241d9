import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FigureError } from '../../src/figures/error.ts';
import { parseFigure, parseFigureStart } from '../../src/figures/parse.ts';
import { FIGURES } from '../../src/figures/registry.ts';

describe('a figure is read', () => {
  it.each([
    ['mean(totalReturn)', ['totalReturn']],
    ['  q995( maxDrawdown ) ', ['maxDrawdown']],
    ['es05(finalPrice_BTC/USDT)', ['finalPrice_BTC/USDT']],
    ['median(draw_markets["BRK.B"].volatility)', ['draw_markets["BRK.B"].volatility']],
    ['sd(reward_a (net))', ['reward_a (net)']],
    ['max("odd) name")', ['odd) name']],
    ['probability(totalReturn<-.5)', ['totalReturn']],
    ['probability("a < b" >= 1e-3)', ['a < b']],
    ['probabilityOfLoss', ['totalReturn']],
    ['probabilityOfRuin', []],
    ['probabilityOfRuin(0.5)', ['lowestReturn']],
    ['probabilityOfGoal(0.2)', ['highestReturn']],
    ['probabilityOfFailure', []],
    ['timeToRuin', ['steps']],
    ['ergodicityGap', ['totalReturn', 'steps']],
    ['kellyFraction', ['totalReturn']],
  ])('%s reads the columns %s', (text, columns) => {
    expect(parseFigure(text).columns).toEqual(columns);
  });

  it('is written without needless blanks, and reads the same again', () => {
    for (const [text, written] of [
      [' mean ( totalReturn ) ', 'mean(totalReturn)'],
      ['probability( maxDrawdown>.50 )', 'probability(maxDrawdown > 0.5)'],
      ['mean("totalReturn")', 'mean(totalReturn)'],
      ['mean("a)")', 'mean("a)")'],
    ] as const) {
      expect(parseFigure(text).text).toBe(written);
      expect(parseFigure(written).text).toBe(written);
    }
  });

  it('of any column name in quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (column) => {
        const figure = parseFigure(`mean(${JSON.stringify(column)})`);
        expect(figure.columns).toEqual([column]);
        expect(parseFigure(figure.text).columns).toEqual([column]);
      }),
    );
  });

  it('at the start of a longer text, with its end', () => {
    for (const [text, end] of [
      ['q05(totalReturn) > -0.2', 16],
      ['probability(totalReturn < 0) < 0.5', 28],
      ['kellyFraction >= 1', 13],
      [' mean(totalReturn) +- 0.001', 18],
    ] as const) {
      expect(parseFigureStart(text).end).toBe(end);
    }
  });

  it('says which figures are observed', () => {
    expect(parseFigure('min(totalReturn)').isObserved).toBe(true);
    expect(parseFigure('mean(totalReturn)').isObserved).toBe(false);
  });

  it('tells what it is', () => {
    expect(parseFigure('q995(sharpe)').describe).toBe('99.5 % quantile of sharpe');
    expect(parseFigure('es95(maxDrawdown)').describe).toBe('mean of the highest 5 % of maxDrawdown');
    expect(parseFigure('probabilityOfRuin(0.5)').describe).toContain('50 % of the initial');
  });
});

describe('what is no figure is refused with its place and a way out', () => {
  it.each([
    ['meen(totalReturn)', 'character 1', 'there is no such figure, got meen', 'did you mean mean?'],
    ['  kellyfraction', 'character 3', 'got kellyfraction', 'did you mean kellyFraction?'],
    ['xyzzy', 'character 1', 'got xyzzy', 'known: mean, median'],
    ['qNN(totalReturn)', 'character 1', 'there is no such figure, got qNN', ''],
    ['q5(totalReturn)', 'character 1', 'two decimals or more, got q5', 'q05 is 5 %'],
    ['q00(totalReturn)', 'character 1', 'got q00', ''],
    ['es100(totalReturn)', 'character 1', 'the digits of esNN are two decimals or more, got es100', 'es05 is 5 %'],
    ['mean', 'character 5', 'mean needs parentheses', 'write mean(COLUMN)'],
    ['mean()', 'character 6', 'the parentheses are empty', 'write mean(COLUMN)'],
    ['mean(totalReturn', 'character 17', 'the closing parenthesis is missing', ''],
    ['mean(totalReturn) > 0', 'character 19', 'nothing may follow mean(totalReturn), got > 0', ''],
    [
      'probability(totalReturn)',
      'character 13',
      'must be a column, one of <= >= < >, and a number',
      'write probability(',
    ],
    ['probability(totalReturn < x)', 'character 13', 'got totalReturn < x', ''],
    ['probability(totalReturn = 1)', 'character 13', 'got totalReturn = 1', ''],
    ['probabilityOfGoal', 'character 18', 'needs parentheses', 'write probabilityOfGoal(FRACTION)'],
    ['probabilityOfGoal(0)', 'character 19', 'must be a number above 0, got 0', ''],
    ['probabilityOfRuin(1)', 'character 19', 'must be a number above 0 and below 1, got 1', ''],
    ['kellyFraction(2)', 'character 15', 'kellyFraction takes nothing in parentheses, got 2', 'write kellyFraction'],
    ['', 'character 1', 'it begins with the name of a figure', 'write mean(totalReturn)'],
    ['(x)', 'character 1', 'it begins with the name of a figure, got (x)', ''],
  ])('%s', (text, ...parts) => {
    let caught: unknown;
    try {
      parseFigure(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(FigureError);
    const { code, message } = caught as FigureError;
    expect(code).toBe('FIGURE_INVALID');
    for (const part of parts) expect(message).toContain(part);
  });
});

it('every form in the list of figures can be read once its capitals are filled in', () => {
  const filled = (form: string): string =>
    form
      .replaceAll('COLUMN', 'totalReturn')
      .replaceAll('NUMBER', '0')
      .replaceAll('FRACTION', '0.5')
      .replaceAll('NN', '05');
  for (const { form, name } of FIGURES) {
    for (const text of form.split(' or ')) {
      expect(parseFigure(filled(text)).text.startsWith(name.replace('NN', '05'))).toBe(true);
    }
  }
});
