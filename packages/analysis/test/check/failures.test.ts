import { parseFigure } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { extremesOf, failuresOf, isRobust } from '../../src/check/failures.ts';
import { normals, tableOf } from './table.ts';

describe('figures that can be bounded whatever failed episodes would have come to', () => {
  it.each(['median(a)', 'q05(a)', 'q995(a)', 'probability(a < 1)', 'probabilityOfLoss', 'probabilityOfRuin(0.5)'])(
    'are those of ranks and shares: %s',
    (text) => expect(isRobust(parseFigure(text))).toBe(true),
  );

  it.each(['mean(a)', 'es05(a)', 'sd(a)', 'iqm(a)', 'min(a)', 'probabilityOfFailure', 'kellyFraction', 'timeToRuin'])(
    'are not those of means: %s',
    (text) => expect(isRobust(parseFigure(text))).toBe(false),
  );
});

describe('extremes of a table with failed episodes', () => {
  const values = normals(1_000, 'failures');
  values.fill(Number.NaN, 0, 40);
  const table = tableOf({ totalReturn: values });

  it('enclose the figure that any values of them would give', () => {
    expect(failuresOf(table)).toBe(40);
    for (const text of ['median(totalReturn)', 'q25(totalReturn)', 'probability(totalReturn > 0.5)']) {
      const figure = parseFigure(text);
      const bounds = extremesOf(table).map((extreme) => figure.evaluate(extreme).value);
      for (const value of [-1e6, 0, 1e6]) {
        const filled = values.map((x) => (Number.isNaN(x) ? value : x));
        const any = figure.evaluate(tableOf({ totalReturn: filled })).value;
        expect(any).toBeGreaterThanOrEqual(Math.min(...bounds));
        expect(any).toBeLessThanOrEqual(Math.max(...bounds));
      }
      expect(Math.max(...bounds)).toBeGreaterThan(Math.min(...bounds));
    }
  });

  it('count failed episodes as ruined, and as not', () => {
    const shares = extremesOf(table).map((extreme) => parseFigure('probabilityOfRuin').evaluate(extreme).value);
    expect(shares).toEqual([0, 0, 0.04]);
  });

  it('leave the table as it was', () => {
    extremesOf(table);
    expect(table.column('totalReturn').subarray(0, 40).every(Number.isNaN)).toBe(true);
    expect(failuresOf(table)).toBe(40);
  });
});
