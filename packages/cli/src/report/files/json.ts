import { type Estimate, finiteOrNull } from '@ergodic/statistics';
import type { ReportData } from '../data/load.ts';
import { type HeadlineRow, headlineRows, levelRows } from '../headline-rows.ts';
import type { FigureFiles } from './figures.ts';

/** An estimate as JSON has it: null where a number is not defined, or where no episode was far enough out to bound it. */
export interface EstimateJson {
  /** As `ergodic check` takes it. */
  readonly figure: string;
  readonly title: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly method: string;
}

/** What `ergodic report --json` prints. */
export interface ReportJson {
  readonly id: string;
  readonly dir: string;
  readonly report: string;
  readonly markdown: string | null;
  readonly figures: readonly FigureFiles[];
  readonly headline: readonly EstimateJson[];
  readonly levels: readonly EstimateJson[];
}

function estimatesJson(rows: readonly HeadlineRow[]): EstimateJson[] {
  return rows.map(({ figure: { text, title }, estimate }) => ({ figure: text, title, ...numbersOf(estimate) }));
}

function numbersOf({ value, low, high, n, method }: Estimate): Omit<EstimateJson, 'figure' | 'title'> {
  return { value: finiteOrNull(value), low: finiteOrNull(low), high: finiteOrNull(high), n, method };
}

export function jsonOf(
  data: ReportData,
  files: { readonly report: string; readonly markdown: string | undefined; readonly figures: readonly FigureFiles[] },
): ReportJson {
  return {
    id: data.summary.id,
    dir: data.dir,
    report: files.report,
    markdown: files.markdown ?? null,
    figures: files.figures,
    headline: estimatesJson(headlineRows(data)),
    levels: estimatesJson(levelRows(data)),
  };
}
