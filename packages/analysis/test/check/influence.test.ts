import { END_REASONS, type EndReason } from '@ergodic/core';
import { FIGURES, knownOf, meanOf, parseFigure } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { hitsOf, influenceOf } from '../../src/check/influence.ts';
import { normals, tableOf } from './table.ts';

const N = 4_000;
const z = normals(N, 'influence');
const other = normals(N, 'steps');
const ends = Array.from(z, (x, i): EndReason => (i % 97 === 0 ? 'failed' : x < -1.5 ? 'ruined' : 'completed'));
const of = (value: (x: number, i: number) => number): Float64Array =>
  z.map((x, i) => (ends[i] === 'failed' ? Number.NaN : value(x, i)));
const columns = {
  totalReturn: of((x) => Math.exp(0.3 * x) - 1),
  'return (a)': of((x) => x),
  steps: of((x, i) => Math.round(100 + 20 * other[i]! + 5 * x)),
  lowestReturn: of((x, i) => Math.min(0, 0.2 * x - Math.abs(other[i]!) / 4)),
  highestReturn: of((x, i) => Math.max(0, 0.2 * x + Math.abs(other[i]!) / 4)),
};
const table = tableOf(columns, { ends });

describe('hits', () => {
  it.each([
    'probability(totalReturn < 0.1)',
    'probability(totalReturn <= -0.1)',
    'probability(totalReturn > 0.1)',
    'probability(totalReturn >= 1e-1)',
    'probability("return (a)" < 0)',
    'probabilityOfLoss',
    'probabilityOfRuin',
    'probabilityOfRuin(0.8)',
    'probabilityOfGoal(0.2)',
    'probabilityOfFailure',
  ])('have %s as their mean', (text) => {
    const figure = parseFigure(text);
    const hits = knownOf(hitsOf(figure, table)!);
    expect(hits.every((hit) => hit === 0 || hit === 1)).toBe(true);
    const { value, n } = figure.evaluate(table);
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(1);
    expect(hits).toHaveLength(n);
    expect(hits.reduce((sum, hit) => sum + hit, 0) / n).toBeCloseTo(value, 12);
  });

  it('are none of other figures', () => {
    expect(hitsOf(parseFigure('mean(totalReturn)'), table)).toBeUndefined();
    expect(hitsOf(parseFigure('q05(totalReturn)'), table)).toBeUndefined();
  });
});

describe('influence', () => {
  const texts = FIGURES.filter(({ isObserved }) => isObserved !== true).map(({ name, takes }) => {
    const known = name.replace('NN', '05');
    if (takes === 'column') return `${known}(totalReturn)`;
    if (takes === 'condition') return `${known}(totalReturn < 0.1)`;
    return takes === 'fraction' ? `${known}(0.2)` : known;
  });

  /** Correlation of the changes of a figure with those of the mean influence, when each of 40 parts of the episodes counts twice. */
  function agreement(text: string): number {
    const figure = parseFigure(text);
    const { value } = figure.evaluate(table);
    const influence = influenceOf(figure, table, value);
    const parts = 40;
    const changes = Array.from({ length: parts }, (_, part) => {
      const index = Array.from({ length: N + N / parts }, (_, i) => (i < N ? i : (part * N) / parts + i - N));
      const twice = tableOf(
        Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, index.map((i) => values[i]!)])),
        { ends: index.map((i) => END_REASONS[table.endReason[i]!]!) },
      );
      const mean = meanOf({ ...influence, values: Float64Array.from(index, (i) => influence.values[i]!) }).value;
      return [figure.evaluate(twice).value - value, mean - meanOf(influence).value] as const;
    });
    const sum = (term: (change: readonly [number, number]) => number): number =>
      changes.reduce((total, change) => total + term(change), 0);
    return sum(([a, b]) => a * b) / Math.sqrt(sum(([a]) => a * a) * sum(([, b]) => b * b));
  }

  it.each(texts)('of %s is what an episode adds to its error', (text) => {
    // To first order they are proportional. A quantile moves in steps from value to value, and falls as more values are below it.
    const isQuantile = /^(q05|median)/.test(text);
    expect(isQuantile ? -agreement(text) : agreement(text)).toBeGreaterThan(isQuantile ? 0.85 : 0.995);
  });

  it('of an expected shortfall is about the tail that its name says', () => {
    for (const text of ['es01(totalReturn)', 'es95(totalReturn)', 'expectedShortfall(totalReturn)']) {
      expect(agreement(text)).toBeGreaterThan(0.99);
    }
  });
});
