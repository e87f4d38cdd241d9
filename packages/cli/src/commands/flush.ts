import { notice, print, printJson } from '../output.ts';
import { createProgress } from '../progress.ts';
import { resolveRun, typed } from '../runs.ts';
import { accountLine, hasShortfall, shortfallLines } from '../shortfall.ts';
import { StopSignals } from '../stop.ts';

export interface FlushCommandOptions {
  readonly refused?: boolean;
  readonly json?: boolean;
}

/** Delivers what waits in the spools of a run. */
export async function flush(given: string, options: FlushCommandOptions): Promise<number> {
  const stop = new StopSignals('flush');
  const dir = await resolveRun(given);
  const { flushOutputs } = await import('@ergodic/workers');
  stop.starting();
  stop.started(typed(dir));
  const view = createProgress(0);
  const later: string[] = [];
  let outputs: Awaited<ReturnType<typeof flushOutputs>>;
  try {
    outputs = await flushOutputs(dir, {
      signal: stop.signal,
      refused: options.refused === true,
      onOutputs: (progress) => view.deliver(progress),
      onNotice: (text) => later.push(text),
    });
  } finally {
    view.stop();
    for (const text of later) notice(text);
  }
  const account = { dir, outputs };
  if (options.json === true) printJson(account);
  else for (const [name, one] of Object.entries(outputs)) print(`${accountLine(name, one)}\n`);
  if (Object.keys(outputs).length === 0) notice('nothing to deliver: the config of the run has no outputs');
  if (!hasShortfall(account)) return 0;
  for (const line of shortfallLines(account)) notice(line);
  return stop.exitCode ?? 1;
}
