import { resolveRun } from '../runs.ts';
import { follow, type SessionOptions } from '../session.ts';
import { StopSignals } from '../stop.ts';

export async function resume(given: string, options: SessionOptions): Promise<number> {
  const stop = new StopSignals();
  const dir = await resolveRun(given);
  const { resumeEnsemble } = await import('@ergodic/workers');
  return follow((runOptions) => resumeEnsemble(dir, runOptions), stop, options);
}
