import { print } from '../output.ts';
import { resolveRun, typed } from '../runs.ts';

export async function report(given: string): Promise<number> {
  const dir = await resolveRun(given);
  const { writeReport } = await import('../report/index.ts');
  print(`${typed(await writeReport(dir))}\n`);
  return 0;
}
