import { deviationOf } from '../ensemble/deviation.ts';
import { expectedShortfallOf } from '../ensemble/expected-shortfall.ts';
import { maximumOf, minimumOf } from '../ensemble/extremes.ts';
import {
  ensembleAverageGrowthOf,
  ergodicityGapOf,
  type GrowthSample,
  timeAverageGrowthOf,
} from '../ensemble/growth.ts';
import { interquartileMeanOf } from '../ensemble/interquartile-mean.ts';
import { kellyFractionOf } from '../ensemble/kelly.ts';
import { meanOf } from '../ensemble/mean.ts';
import { medianOf, quantileOf } from '../ensemble/quantile.ts';
import { shareOf } from '../ensemble/share.ts';
import { type Estimate, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { type FigureKind, holds } from './kinds.ts';
import { columnSample, conditionSample, endSample, ruinTimes } from './samples.ts';
import type { EpisodeTable } from './table.ts';

type Estimator = (sample: Sample, tail: number) => Estimate;

/** A statistic of one column. */
function ofColumn(name: string, what: string, estimator: Estimator, isObserved = false): FigureKind {
  return {
    name,
    form: `${name}(COLUMN)`,
    describe: `${what} of a column`,
    isObserved,
    takes: 'column',
    make: (column) => ({
      columns: [column],
      describe: `${what} of ${column}`,
      evaluate: (table, tail) => estimator(columnSample(table, column), tail),
    }),
  };
}

/** Part p of one, as people say it: `5 %`. */
function percent(p: number): string {
  return `${Number((100 * p).toPrecision(12))} %`;
}

export function quantileKind(name: string, p: number): FigureKind {
  return ofColumn(name, `${percent(p)} quantile`, (sample, tail) => quantileOf(sample, p, tail));
}

export function shortfallKind(name: string, p: number): FigureKind {
  const what = p < 0.5 ? `lowest ${percent(p)}` : `highest ${percent(1 - p)}`;
  return ofColumn(name, `mean of the ${what}`, (sample, tail) => expectedShortfallOf(sample, p, tail));
}

/** A figure of the whole run. */
function ofRun(
  name: string,
  describe: string,
  columns: readonly string[],
  evaluate: (table: EpisodeTable, tail: number) => Estimate,
): FigureKind {
  return { name, form: name, describe, takes: 'nothing', make: () => ({ columns, describe, evaluate }) };
}

function growthSample(table: EpisodeTable): GrowthSample {
  const { antithetic, stepsPerYear } = table;
  return { returns: table.column('totalReturn'), steps: table.column('steps'), stepsPerYear, antithetic };
}

const probability: FigureKind = {
  name: 'probability',
  form: 'probability(COLUMN < NUMBER)',
  describe: 'share of episodes in which a column is below a number; also <=, > and >=',
  takes: 'condition',
  make: (condition) => {
    const { column, comparison, limit } = condition;
    return {
      columns: [column],
      describe: `share of episodes with ${column} ${comparison} ${limit}`,
      evaluate: (table, tail) =>
        shareOf(
          conditionSample(table, column, (value) => holds(condition, value)),
          tail,
        ),
    };
  },
};

const probabilityOfRuin: FigureKind = {
  name: 'probabilityOfRuin',
  form: 'probabilityOfRuin or probabilityOfRuin(FRACTION)',
  describe: 'share of episodes that were ruined, or whose equity came down to a fraction of the initial at any mark',
  takes: 'fraction?',
  below: 1,
  make: (fraction) => {
    if (fraction === undefined) {
      return {
        columns: [],
        describe: 'share of episodes that were ruined',
        evaluate: (table, tail) => shareOf(endSample(table, 'ruined'), tail),
      };
    }
    return {
      columns: ['lowestReturn'],
      describe: `share of episodes whose equity came down to ${percent(fraction)} of the initial`,
      evaluate: (table, tail) =>
        shareOf(
          conditionSample(table, 'lowestReturn', (x) => x <= fraction - 1),
          tail,
        ),
    };
  },
};

const probabilityOfGoal: FigureKind = {
  name: 'probabilityOfGoal',
  form: 'probabilityOfGoal(FRACTION)',
  describe: 'share of episodes whose total return reached a goal at any mark',
  takes: 'fraction',
  below: Number.POSITIVE_INFINITY,
  make: (goal) => ({
    columns: ['highestReturn'],
    describe: `share of episodes whose total return reached ${percent(goal)}`,
    evaluate: (table, tail) =>
      shareOf(
        conditionSample(table, 'highestReturn', (x) => x >= goal),
        tail,
      ),
  }),
};

/**
 * All figures there are, for help and documentation. Failed episodes have no figures, so shares and means are over those that did
 * not fail; `probabilityOfFailure` alone counts them.
 */
export const FIGURES: readonly FigureKind[] = [
  ofColumn('mean', 'mean', meanOf),
  ofColumn('median', 'median', medianOf),
  ofColumn('sd', 'standard deviation', deviationOf),
  ofColumn('min', 'least value', minimumOf, true),
  ofColumn('max', 'largest value', maximumOf, true),
  {
    ...quantileKind('qNN', 0.05),
    isFamily: true,
    describe: 'quantile of a column; the digits are decimals: q05 is the 5 % quantile, q995 the 99.5 % quantile',
  },
  {
    ...shortfallKind('esNN', 0.05),
    isFamily: true,
    describe: 'expected shortfall: es05 is the mean of the lowest 5 % of a column, es95 of the highest 5 %',
  },
  ofColumn('expectedShortfall', 'mean of the lowest 5 %', (sample, tail) => expectedShortfallOf(sample, 0.05, tail)),
  ofColumn('iqm', 'interquartile mean', interquartileMeanOf),
  probability,
  ofRun(
    'probabilityOfLoss',
    'share of episodes that end with less than they began with',
    ['totalReturn'],
    (table, tail) =>
      shareOf(
        conditionSample(table, 'totalReturn', (value) => value < 0),
        tail,
      ),
  ),
  probabilityOfRuin,
  ofRun('probabilityOfFailure', 'share of all episodes that failed', [], (table, tail) =>
    shareOf(endSample(table, 'failed'), tail),
  ),
  probabilityOfGoal,
  ofRun('timeToRuin', 'mean steps to ruin of the episodes that were ruined', ['steps'], (table, tail) => {
    const time = meanOf(ruinTimes(table), tail);
    return time.n > 0 ? time : unknown(0, 'undefined: no episode was ruined');
  }),
  ofRun('timeAverageGrowth', 'mean log growth, a year', ['totalReturn', 'steps'], (table, tail) =>
    timeAverageGrowthOf(growthSample(table), tail),
  ),
  ofRun('ensembleAverageGrowth', 'logarithm of the mean growth, a year', ['totalReturn', 'steps'], (table, tail) =>
    ensembleAverageGrowthOf(growthSample(table), tail),
  ),
  ofRun('ergodicityGap', 'ensemble-average less time-average growth, a year', ['totalReturn', 'steps'], (table, tail) =>
    ergodicityGapOf(growthSample(table), tail),
  ),
  ofRun('kellyFraction', 'fraction of the size that maximises mean log growth', ['totalReturn'], (table, tail) =>
    kellyFractionOf(columnSample(table, 'totalReturn'), tail),
  ),
];
