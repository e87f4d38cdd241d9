import { join, resolve } from 'node:path';
import { writePage } from '../pictures/write-page.ts';
import { loadReport } from './data/load.ts';
import { writeFigures } from './files/figures.ts';
import { jsonOf, type ReportJson } from './files/json.ts';
import { markdownOf } from './files/markdown.ts';
import { renderPage } from './page.ts';
import { pageFigures } from './page-figures.ts';

export interface ReportOptions {
  /** Also the rows behind each figure, as `figures/<name>.csv`. */
  readonly csv?: boolean;
  /** Also each figure, as `figures/<name>.png`. */
  readonly png?: boolean;
  /** Also `report.md`, for pull requests. */
  readonly markdown?: boolean;
  /** Folder of runs whose ledger knows the trials on a history; default `runs` in the working directory. */
  readonly runsDir?: string;
}

/**
 * Writes `report.html` into the directory of a completed run, and what else is asked for; resolves with the paths and the headline. The page
 * is one file that loads nothing.
 *
 * @throws RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`, or `RUN_UNFINISHED` where the run is not completed
 */
export async function writeReport(
  runDir: string,
  { csv = false, png = false, markdown = false, runsDir = resolve('runs') }: ReportOptions = {},
): Promise<ReportJson> {
  const data = await loadReport(resolve(runDir), runsDir);
  const report = join(data.dir, 'report.html');
  await writePage(report, renderPage(data));
  const figures = await writeFigures(data.dir, pageFigures(data), { csv, png });
  const summary = markdown ? join(data.dir, 'report.md') : undefined;
  if (summary !== undefined) await writePage(summary, markdownOf(data, figures));
  return jsonOf(data, { report, markdown: summary, figures });
}
