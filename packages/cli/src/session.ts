import type { Config } from '@ergodic/core';
import type { EnsembleRun, RunOptions, Summary, UntilState } from '@ergodic/workers';
import { count } from './format.ts';
import { notice, print, printJson } from './output.ts';
import { createProgress, type ProgressView } from './progress.ts';
import { typed } from './runs.ts';
import { hasShortfall, shortfallLines } from './shortfall.ts';
import { resumeHint, type StopSignals } from './stop.ts';
import { renderSummary } from './summary.ts';
import { iterationLine, renderTraining, startTrainingView } from './training.ts';
import { checkLine, unsettledNotice } from './until.ts';

export interface SessionOptions {
  readonly workers?: number;
  readonly json?: boolean;
  readonly report?: boolean;
  /** So many failed episodes leave the exit code at 0. */
  readonly allowFailed?: number;
}

/** Starts or resumes a run, shows its progress, prints its summary, and gives the exit code. */
export async function follow(
  begin: (options: RunOptions) => Promise<EnsembleRun>,
  stop: StopSignals,
  options: SessionOptions,
): Promise<number> {
  const { summary, dir, isOld } = await watch(begin, stop, options.workers);
  const code = await finish(summary, dir, stop, options);
  // Its verdict was given when it ended: resuming a completed run only prints it again.
  if (code !== null || isOld) return code ?? 0;
  const outcome = verdict(summary, options.allowFailed ?? 0);
  // An interrupt that came while points were delivered: the results are whole.
  return outcome === 1 && stop.exitCode !== undefined && hasShortfall(summary) ? stop.exitCode : outcome;
}

/** What became of a run that was watched. */
export interface Watched {
  readonly summary: Summary;
  /** Its directory, as one would type it here. */
  readonly dir: string;
  /** It was completed before, and there was nothing left to do. */
  readonly isOld: boolean;
}

/** Starts or resumes a run and shows its progress on standard error, to its end. */
export async function watch(
  begin: (options: RunOptions) => Promise<EnsembleRun>,
  stop: StopSignals,
  workers: number | undefined,
): Promise<Watched> {
  stop.starting();
  let view: ProgressView | undefined;
  const later: string[] = [];
  // Before the message that follows: a bar would be drawn over it.
  stop.signal.addEventListener('abort', () => view?.stop());
  const run = await begin({
    signal: stop.signal,
    ...(workers === undefined ? {} : { workers }),
    onProgress: (progress) => view?.update(progress),
    onIteration: (report) => {
      const line = iterationLine(report);
      if (line !== undefined) notice(line);
    },
    onCheck: (check, state) => view?.say(checkLine(check, state)),
    onNotice: (text) => (view === undefined ? notice(text) : later.push(text)),
  });
  const dir = typed(run.dir);
  stop.started(dir);
  const { readManifest } = await import('@ergodic/workers');
  const { config, status, until } = readManifest(run.dir);
  let summary: Summary;
  try {
    // Of a run that is completed there is only the summary to print.
    if (status !== 'completed' || !run.isFinished)
      view = config.training === undefined ? startView(run, config, until) : startTrainingView(run, config);
    summary = await run.done;
  } finally {
    view?.stop();
    for (const text of later) notice(text);
  }
  return { summary, dir, isOld: status === 'completed' && view === undefined };
}

/** The first sign of life: what runs where. */
function startView(run: EnsembleRun, config: Config, until: UntilState | undefined): ProgressView {
  const length = config.steps === undefined ? '' : ` of ${count(config.steps)} steps`;
  const { episodes, requested } = run.progress();
  const most = until === undefined ? '' : `until ${until.text}, at most `;
  const stored = episodes === 0 ? '' : `, ${count(episodes)} of them stored already`;
  const dir = typed(run.dir);
  const place = dir === `runs/${run.id}` ? '' : `, in ${dir}`;
  notice(`run ${run.id}: ${most}${count(config.episodes)} episodes${length}${stored}${place}`);
  return createProgress(requested, until !== undefined);
}

/** Shows the outcome; the exit code of a run that did not end, else null. */
async function finish(
  summary: Summary,
  dir: string,
  stop: StopSignals,
  options: SessionOptions,
): Promise<number | null> {
  if (options.json === true) printJson(summary);
  if (summary.status !== 'completed') {
    const { requested, completed, ruined, stopped, failed } = summary.episodes;
    notice(`${count(completed + ruined + stopped + failed)} of ${count(requested)} episodes are stored`);
    notice(resumeHint(dir));
    return stop.exitCode ?? 1;
  }
  const { tellHistory } = await import('./history.ts');
  const { readManifest } = await import('@ergodic/workers');
  const history = await tellHistory(summary.dir, readManifest(summary.dir));
  if (options.json !== true) {
    const { readOutcome } = await import('./outcome.ts');
    const outcome = await readOutcome(summary.dir);
    const { training } = summary;
    if (training === undefined) print(renderSummary(summary, outcome, history));
    else print(renderTraining({ ...summary, training }, outcome));
  }
  if (options.report === true) {
    const { writeReport } = await import('./report/index.ts');
    const file = typed((await writeReport(summary.dir)).report);
    if (options.json === true) notice(`report: ${file}`);
    else print(`\nReport written: ${file}\n`);
  }
  return null;
}

/**
 * 1 where more episodes failed than allowed, and where an episode that was run twice came out differently. `reproducible` alone
 * decides nothing: an episode that only a watchdog could end has failed, and counts as such.
 */
function verdict(summary: Summary, allowed: number): 0 | 1 {
  const { mismatches } = summary;
  const { failed } = summary.episodes;
  const unsettled = unsettledNotice(summary);
  if (unsettled !== undefined) notice(unsettled);
  if (hasShortfall(summary)) for (const line of shortfallLines(summary)) notice(`exit code 1: ${line}`);
  if (mismatches.length > 0) {
    notice(`exit code 1: not reproducible, replayed differently: episode ${mismatches.join(', ')}`);
  }
  if (failed > allowed) {
    const episodes = failed === 1 ? 'episode' : 'episodes';
    notice(`exit code 1: ${count(failed)} ${episodes} failed; --allow-failed ${failed} would accept that`);
  }
  return failed > allowed || mismatches.length > 0 || hasShortfall(summary) ? 1 : 0;
}
