import { appendFileSync } from 'node:fs';
import { annotations, type Check, type Requirement, stepSummary } from '@ergodic/analysis';
import { notice } from '../output.ts';

/** Annotations on standard error, where GitHub's runner reads them as well, and the summary page of the job. */
export function tellGithub(check: Check, requirements: readonly Requirement[]): void {
  for (const line of annotations(check, requirements)) notice(line);
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  try {
    appendFileSync(file, stepSummary(check, requirements));
  } catch (error) {
    notice(`GITHUB_STEP_SUMMARY: cannot be written (${(error as Error).message})`);
  }
}
