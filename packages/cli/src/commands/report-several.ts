import { MarketsDifferError } from '@ergodic/analysis';
import { refusalText } from '../compare/refusal.ts';
import { UsageError } from '../config/errors.ts';
import { print, printJson } from '../output.ts';
import { writeComparison } from '../report/comparison/write.ts';
import { resolveRun, typed } from '../runs.ts';

import type { ReportCommandOptions } from './report.ts';

/** Writes the page that holds runs against the first of them. */
export async function reportSeveral(given: readonly string[], options: ReportCommandOptions): Promise<number> {
  const ofOneRun = (['csv', 'png', 'markdown'] as const).find((name) => options[name] === true);
  if (ofOneRun !== undefined) {
    const wayOut = 'leave it out; ergodic compare prints the figures with --json and a table with --markdown';
    throw new UsageError(`--${ofOneRun}: is for the report of one run, got ${given.length}; ${wayOut}`);
  }
  const dirs: string[] = [];
  for (const run of given) dirs.push(await resolveRun(run));
  try {
    const report = await writeComparison(dirs);
    if (options.json === true) printJson({ report });
    else print(`${typed(report)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof MarketsDifferError)) throw error;
    const command = ['ergodic', 'compare', ...dirs.map((dir) => typed(dir)), '--unpaired'];
    throw new UsageError(refusalText(error, command.join(' ')));
  }
}
