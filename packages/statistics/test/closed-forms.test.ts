import { type END_REASONS, RandomStream, rootKey } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { parseFigure } from '../src/figures/parse.ts';
import { tableOf } from './figures/table.ts';
import { gbm } from './soak/laws.mjs';

/** Standard errors that an estimate is off by once in a million times: 2·(1 − Φ(4.8916)) = 1e-6. */
const Z = 4.8916;

describe('buy and hold of a geometric Brownian motion', () => {
  const [drift, volatility, years, n] = [0.2, 0.7, 0.5, 100_000];
  const law = gbm(drift, volatility, years);
  const random = new RandomStream(rootKey('buy and hold'));
  const table = tableOf(
    { totalReturn: Array.from({ length: n }, () => law.draw(random)), steps: new Array(n).fill(50) },
    { stepsPerYear: 50 / years },
  );
  const s = volatility * Math.sqrt(years);
  const relativeVariance = Math.expm1(s * s);
  const density = (x: number): number => {
    const z = (Math.log1p(x) - (drift * years - (s * s) / 2)) / s;
    return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / (s * (1 + x));
  };
  /** Asymptotic deviation of √n·(quantile − truth): √(p(1 − p))/f. */
  const ofQuantile = (p: number): number => Math.sqrt(p * (1 - p)) / density(law.quantile(p));
  /** √Var((q − X)⁺)/p, by a sum over a fine grid of probabilities. */
  const ofShortfall = (p: number): number => {
    const q = law.quantile(p);
    const excesses = Array.from({ length: 400 }, (_, i) => q - law.quantile((p * (i + 0.5)) / 400));
    const mean = (p * excesses.reduce((a, b) => a + b)) / 400;
    const square = (p * excesses.reduce((a, b) => a + b * b, 0)) / 400;
    return Math.sqrt(square - mean * mean) / p;
  };

  it.each([
    // The closed form, and the deviation of √n times the error.
    ['mean(totalReturn)', Math.expm1(drift * years), Math.exp(drift * years) * Math.sqrt(relativeVariance)],
    ['median(totalReturn)', Math.expm1((drift - (volatility * volatility) / 2) * years), ofQuantile(0.5)],
    ['q05(totalReturn)', law.quantile(0.05), ofQuantile(0.05)],
    ['q995(totalReturn)', law.quantile(0.995), ofQuantile(0.995)],
    ['es05(totalReturn)', law.shortfall(0.05), ofShortfall(0.05)],
    ['probabilityOfLoss', law.cdf(0), Math.sqrt(law.cdf(0) * (1 - law.cdf(0)))],
    ['timeAverageGrowth', drift - (volatility * volatility) / 2, s / years],
    ['ensembleAverageGrowth', drift, Math.sqrt(relativeVariance) / years],
    // Var(G/m − log G) = (e^{s²} − 1) − s².
    ['ergodicityGap', (volatility * volatility) / 2, Math.sqrt(relativeVariance - s * s) / years],
  ])('%s is %f', (text, truth, deviation) => {
    const { value, low, high } = parseFigure(text).evaluate(table);
    expect(Math.abs(value - truth)).toBeLessThan((Z * deviation) / Math.sqrt(n));
    // The interval is 2·1.96 standard errors wide. That of the 99.5 % quantile is told by the 87 values in it, to 1/√87 = 11 %; three of those.
    expect(Math.abs(((high - low) * Math.sqrt(n)) / (2 * 1.96 * deviation) - 1)).toBeLessThan(0.33);
  });

  it('the Kelly fraction is the root of its equation', () => {
    const { value, low, high } = parseFigure('kellyFraction').evaluate(table);
    // Half of a 95 % interval is 1.96 standard errors.
    expect(Math.abs(value - law.kelly)).toBeLessThan((Z / 1.96) * ((high - low) / 2));
    expect(high - low).toBeLessThan(0.05);
  });
});

describe("a gambler's ruin", () => {
  /** Games from `stake` units until nothing or `goal` units are left, each step won with probability p. */
  function play(p: number, stake: number, goal: number, games: number) {
    const random = new RandomStream(rootKey(`gambler ${p}`));
    const columns = { totalReturn: [] as number[], highestReturn: [] as number[], steps: [] as number[] };
    const ends: Record<number, (typeof END_REASONS)[number]> = {};
    for (let game = 0; game < games; game++) {
      let [units, highest, steps] = [stake, stake, 0];
      while (units > 0 && units < goal) {
        units += random.nextDouble() < p ? 1 : -1;
        highest = Math.max(highest, units);
        steps++;
      }
      columns.totalReturn.push(units / stake - 1);
      columns.highestReturn.push(highest / stake - 1);
      columns.steps.push(steps);
      ends[game] = units === 0 ? 'ruined' : 'stopped';
    }
    return tableOf(columns, { ends });
  }

  const [stake, goal, games] = [5, 15, 20_000];

  /** Holds a figure against its closed form at Z standard errors, of which half of the 95 % interval is 1.96. */
  function expectFigure(table: ReturnType<typeof play>, text: string, truth: number): void {
    const { value, low, high } = parseFigure(text).evaluate(table);
    expect(Math.abs(value - truth), text).toBeLessThan((Z / 1.96) * ((high - low) / 2));
    expect((high - low) / truth, text).toBeLessThan(0.1);
  }

  it('of a fair game (Feller 1968, "An Introduction to Probability Theory", XIV.2-3)', () => {
    const table = play(0.5, stake, goal, games);
    expectFigure(table, 'probabilityOfRuin', 1 - stake / goal);
    expectFigure(table, `probabilityOfGoal(${goal / stake - 1})`, stake / goal);
    expectFigure(table, 'mean(steps)', stake * (goal - stake));
    // Given ruin: k(2N − k)/3.
    expectFigure(table, 'timeToRuin', (stake * (2 * goal - stake)) / 3);
    // Nothing is to be won.
    const { low } = parseFigure('kellyFraction').evaluate(table);
    expect(low).toBe(0);
  });

  it.each([0.45, 0.53])('of a game that is won with probability %f', (p) => {
    const table = play(p, stake, goal, games);
    const odds = (1 - p) / p;
    const ruin = (odds ** stake - odds ** goal) / (1 - odds ** goal);
    expectFigure(table, 'probabilityOfRuin', ruin);
    const duration = stake / (1 - 2 * p) - ((goal / (1 - 2 * p)) * (1 - odds ** stake)) / (1 - odds ** goal);
    expectFigure(table, 'mean(steps)', duration);
    // A bet that pays b to one: win − loss/b.
    const kelly = 1 - ruin - ruin / (goal / stake - 1);
    if (kelly > 0) expectFigure(table, 'kellyFraction', kelly);
    else expect(parseFigure('kellyFraction').evaluate(table).value).toBe(0);
  });
});
