import { print, printJson } from '../output.ts';
import type { ReportOptions } from '../report/index.ts';
import { resolveRun, typed } from '../runs.ts';

export interface ReportCommandOptions extends ReportOptions {
  readonly json?: boolean;
}

export async function report(
  given: string,
  others: readonly string[],
  { json = false, ...options }: ReportCommandOptions,
): Promise<number> {
  if (others.length > 0)
    return (await import('./report-several.ts')).reportSeveral([given, ...others], { json, ...options });
  const dir = await resolveRun(given);
  const { writeReport } = await import('../report/index.ts');
  const written = await writeReport(dir, options);
  if (json) {
    printJson(written);
    return 0;
  }
  const figures = written.figures.flatMap(({ csv, png }) => [...csv, ...(png === undefined ? [] : [png])]);
  const paths = [written.report, ...(written.markdown === null ? [] : [written.markdown]), ...figures];
  print(paths.map((path) => `${typed(path)}\n`).join(''));
  return 0;
}
