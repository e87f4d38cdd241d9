import path from 'node:path';
import type { Manifest } from '@ergodic/workers';
import { messageOf } from '@ergodic/workers';
import { notice } from './output.ts';
import { historyLines } from './sweep/history.ts';

/**
 * Notes a completed run of one history in `runs/ledger.ndjson` of the working directory, and tells what that history can say of the
 * rule. Nothing for simulated markets. That no line can be written ends no run.
 */
export async function tellHistory(dir: string, { config }: Manifest): Promise<string[]> {
  const { historyVerdict, isOneHistory, recordRun, StoredRun } = await import('@ergodic/analysis');
  if (!isOneHistory(config) || config.training !== undefined) return [];
  const runsDir = path.resolve('runs');
  const run = await StoredRun.open(dir);
  try {
    await recordRun(run, runsDir).catch((error: unknown) =>
      notice(`the run is not noted as a trial: ${messageOf(error)}`),
    );
    const verdict = await historyVerdict(run, runsDir);
    return verdict === null ? [] : historyLines(verdict);
  } finally {
    run.close();
  }
}
