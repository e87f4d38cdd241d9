import { END_REASONS, LOG_FLOOR } from '@ergodic/core';
import {
  conditionSample,
  type EpisodeTable,
  endSample,
  type Figure,
  quantileOf,
  type Sample,
} from '@ergodic/statistics';

/** 0 or 1 an episode, whose mean is the figure, which is a probability; else undefined. */
export function hitsOf({ text, columns }: Figure, table: EpisodeTable): Sample | undefined {
  const limit = Number(/[(\s]([^\s(]+)\)$/.exec(text)?.[1]);
  const [column = ''] = columns;
  switch (nameOf(text)) {
    case 'probability': {
      const sign = / (<=|>=|<|>) \S+\)$/.exec(text)![1]!;
      return conditionSample(table, column, (x) =>
        sign === '<' ? x < limit : sign === '<=' ? x <= limit : sign === '>' ? x > limit : x >= limit,
      );
    }
    case 'probabilityOfLoss':
      return conditionSample(table, column, (x) => x < 0);
    case 'probabilityOfRuin':
      return columns.length === 0 ? endSample(table, 'ruined') : conditionSample(table, column, (x) => x <= limit - 1);
    case 'probabilityOfGoal':
      return conditionSample(table, column, (x) => x >= limit);
    case 'probabilityOfFailure':
      return endSample(table, 'failed');
  }
}

/**
 * Values whose mean errs as the figure does, but for scale: what an episode adds to the error of the figure (Hampel 1974, "The influence curve
 * and its role in robust estimation", JASA 69). Of a quantile, whether a value is at or below it (Bahadur 1966, "A note on quantiles in large
 * samples"). `value` is that of the figure.
 */
export function influenceOf(figure: Figure, table: EpisodeTable, value: number): Sample {
  const { antithetic } = table;
  const values = figure.columns.length === 0 ? undefined : table.column(figure.columns[0]!);
  const of = (influence: (x: number, episode: number) => number): Sample => ({
    values: values!.map((x, i) => (Number.isNaN(x) ? x : influence(x, i))),
    antithetic,
  });
  const [, name = '', digits = ''] = /^([A-Za-z]+?)(\d*)(?:\(|$)/.exec(figure.text) ?? [];
  switch (name) {
    case 'mean':
      return of((x) => x);
    case 'median':
    case 'q':
      return of((x) => Number(x <= value));
    case 'es':
    case 'expectedShortfall': {
      const p = digits === '' ? 0.05 : Number(`0.${digits}`);
      const edge = quantileOf({ values: values!, antithetic }, p).value;
      return of((x) => (p < 0.5 ? Math.min(x - edge, 0) : Math.max(x - edge, 0)));
    }
    case 'iqm': {
      const [low, high] = [0.25, 0.75].map((p) => quantileOf({ values: values!, antithetic }, p).value) as [
        number,
        number,
      ];
      return of((x) => Math.min(Math.max(x, low), high));
    }
    case 'sd': {
      const mean = meanOf(values!);
      return of((x) => (x - mean) * (x - mean));
    }
    case 'kellyFraction':
      return of((x) => x / (1 + value * x));
    case 'timeAverageGrowth':
    case 'ensembleAverageGrowth':
    case 'ergodicityGap':
      return growthInfluence(name, table, value);
    case 'timeToRuin': {
      const ruined = END_REASONS.indexOf('ruined');
      return of((steps, i) => (table.endReason[i] === ruined ? steps - value : 0));
    }
  }
  return hitsOf(figure, table)!;
}

/** A rate is a mean of growth over a mean of years: the error of both. */
function growthInfluence(name: string, table: EpisodeTable, rate: number): Sample {
  const steps = table.column('steps');
  const growth = table.column('totalReturn').map((x) => Math.max(1 + x, LOG_FLOOR));
  const mean = meanOf(growth);
  const values = growth.map((x, i) => {
    const relative = x / mean;
    const log = Math.log(x);
    const part = name === 'timeAverageGrowth' ? log : name === 'ergodicityGap' ? relative - log : relative;
    return part - (rate * steps[i]!) / table.stepsPerYear;
  });
  return { values, antithetic: table.antithetic };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  let n = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  return sum / n;
}

function nameOf(text: string): string {
  return /^[A-Za-z]+/.exec(text)![0];
}
