import type { Estimate } from '@ergodic/statistics';
import { HEADLINE, type HeadlineFigure, LEVELS, type Unit } from './data/headline.ts';
import type { ReportData } from './data/load.ts';
import { number, percent, ratio, type Show, stepsAsTime } from './format.ts';

/** A figure, what it is in this run, and how it is written. */
export interface HeadlineRow {
  readonly figure: HeadlineFigure;
  readonly estimate: Estimate;
  readonly show: Show;
}

/** Figures of the headline that say something of this run. One observation has values, and neither intervals nor chances. */
export function headlineRows(data: ReportData): HeadlineRow[] {
  const { failed, ruined, requested } = data.summary.episodes;
  return rowsOf(HEADLINE, data).flatMap((row) => {
    const { text, alone } = row.figure;
    if (text === 'timeToRuin' && ruined === 0) return [];
    // Failed episodes have no figures, but they are counted.
    if (data.hasChances || (text === 'probabilityOfFailure' && failed > 0 && requested > 1)) return [row];
    if (alone === undefined || data.n === 0) return [];
    const estimate = { ...row.estimate, low: Number.NaN, high: Number.NaN };
    return [{ ...row, figure: { ...row.figure, title: alone }, estimate }];
  });
}

/** How probable gains and losses on the way are. */
export function levelRows(data: ReportData): HeadlineRow[] {
  return data.hasChances ? rowsOf(LEVELS, data) : [];
}

function rowsOf(figures: readonly HeadlineFigure[], data: ReportData): HeadlineRow[] {
  return figures.flatMap((figure) => {
    const estimate = data.estimates.get(figure.text);
    return estimate === undefined ? [] : [{ figure, estimate, show: showOf(figure.unit, data) }];
  });
}

function showOf(unit: Unit, { manifest }: ReportData): Show {
  switch (unit) {
    case 'steps':
      return stepsAsTime(manifest.layout.intervalMs);
    case 'ratio':
      return ratio;
    case 'number':
      return number;
    default:
      return percent;
  }
}
