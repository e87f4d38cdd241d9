import type { CandidateComparison, Difference, MetricComparison } from '@ergodic/analysis';
import { number, type Show } from '../report/format.ts';
import { showColumn } from './columns.ts';
import { share } from './estimates.ts';

/** A figure of both runs and its difference, as tables show it. */
export interface FigureRow {
  readonly name: string;
  readonly show: Show;
  readonly figure: Difference;
}

export function metricRows({ column, better, mean, median, tailQuantile, shortfall }: MetricComparison): FigureRow[] {
  const show = showColumn(column);
  const tail = better === 'lower' ? '95 % quantile' : '5 % quantile';
  const side = { higher: 'worst', lower: 'worst', none: 'lowest' }[better];
  return [
    { name: 'mean', show, figure: mean },
    { name: 'median', show, figure: median },
    { name: tail, show, figure: tailQuantile },
    { name: `${side} 5 %, mean`, show, figure: shortfall },
  ];
}

export function ruinRow({ ruin }: CandidateComparison): FigureRow {
  return { name: 'ruined', show: share, figure: ruin };
}

/** Parts of the change of equity, with the digits that their intervals are worth. */
export function attributionRows({ attribution = [] }: CandidateComparison): FigureRow[] {
  return attribution.map(({ part, ...figure }) => ({ name: part, show: number, figure }));
}
