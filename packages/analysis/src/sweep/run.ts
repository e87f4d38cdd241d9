import { join } from 'node:path';
import { formatPath } from '@ergodic/core';
import { type Estimate, meanOf } from '@ergodic/statistics';
import {
  type AdmittedTrial,
  columnOf,
  Database,
  lockRun,
  messageOf,
  readTrialColumn,
  readTrialEquity,
  readTrials,
  type TrialRecords,
  TrialRunner,
} from '@ergodic/workers';
import { writeSweep } from './manifest.ts';
import type { TrialNote } from './notes.ts';
import { HISTORY_METHOD, judgeHistory } from './one-history.ts';
import { type Selection, selectTrials } from './selection.ts';
import { TrialSink } from './sink.ts';
import { type FreshPaths, isConfirmed, plain, resultsOf, type SweepSummary, selectionSentence } from './summary.ts';
import type { OpenSweep } from './sweep.ts';

const DATABASE_MB = 512;
const PROGRESS_MS = 200;
const LONGEST_SEED = 128;
const FRESH = '/holdout';

export interface SweepProgress {
  /** Trials that are done, those of before included. */
  readonly trials: number;
  readonly requested: number;
  readonly episodesHere: number;
  readonly seconds: number;
}

export interface SweepOptions {
  readonly workers: number;
  /** Folder whose ledger trials on one history go to. */
  readonly ledgerDir: string;
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Stops the sweep; it can go on later. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the trials that are missing, and judges all. Null where it was stopped before the end. Rejects with RunError where it cannot
 * go on; what is stored stays.
 */
export async function runSweep(sweep: OpenSweep, options: SweepOptions): Promise<SweepSummary | null> {
  const { dir, manifest, bench } = sweep;
  if (manifest.status === 'completed' && manifest.summary !== undefined) return manifest.summary;
  const unlock = lockRun(dir);
  let database: Database | undefined;
  let runner: TrialRunner | undefined;
  try {
    manifest.status = 'running';
    delete manifest.error;
    writeSweep(dir, manifest);
    database = await Database.open(DATABASE_MB, join(dir, 'spill.tmp'));
    runner = new TrialRunner(bench, options.workers);
    const stop = (): void => runner?.cancel();
    options.signal?.addEventListener('abort', stop, { once: true });
    if (options.signal?.aborted === true) stop();
    const sink = new TrialSink(dir, manifest, database, options.ledgerDir);
    const work = new SweepWork(sweep, { runner, sink, database }, options);
    const summary = await work.run();
    options.signal?.removeEventListener('abort', stop);
    manifest.wallSeconds += work.seconds;
    manifest.status = summary === null ? 'interrupted' : 'completed';
    if (summary !== null) manifest.summary = summary;
    writeSweep(dir, manifest);
    return summary;
  } catch (error) {
    manifest.status = 'failed';
    manifest.error = messageOf(error);
    try {
      writeSweep(dir, manifest);
    } catch {
      // The disk may be full: the old manifest still says `running`, which goes on as well.
    }
    throw error;
  } finally {
    await runner?.close();
    database?.close();
    unlock();
  }
}

interface Tools {
  readonly runner: TrialRunner;
  readonly sink: TrialSink;
  readonly database: Database;
}

/** A sweep under way. */
class SweepWork {
  private readonly sweep: OpenSweep;
  private readonly tools: Tools;
  private readonly options: SweepOptions;
  private readonly recorded: number;
  private readonly startedAt = performance.now();

  constructor(sweep: OpenSweep, tools: Tools, options: SweepOptions) {
    this.sweep = sweep;
    this.tools = tools;
    this.options = options;
    this.recorded = sweep.manifest.isOneHistory ? 1 : 0;
  }

  /** Runs what is missing and gives the summary; null when canceled. */
  async run(): Promise<SweepSummary | null> {
    const { sweep, tools, options } = this;
    const { sink, runner } = tools;
    await this.recall();
    const report = setInterval(() => this.report(), PROGRESS_MS);
    try {
      await this.runTrials();
      await sink.flush();
    } finally {
      clearInterval(report);
    }
    this.report();
    if (sink.notes.size < sweep.trials.length) return null;
    const selection = this.select();
    const checked = selection.best === undefined ? true : await this.runAgain(selection.best);
    const fresh = await this.runFresh(selection);
    if (checked === null || options.signal?.aborted === true) return null;
    const isWatched = [...sink.notes.values()].some((note) => note.isWatched);
    const timing = {
      wallSeconds: sweep.manifest.wallSeconds + this.seconds,
      workers: options.workers,
      stepsHere: runner.steps,
    };
    return this.summary(selection, { fresh, reproducible: checked && !isWatched, timing });
  }

  /** Of this process. */
  get seconds(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }

  /** What earlier processes stored. */
  private async recall(): Promise<void> {
    const { dir, manifest } = this.sweep;
    const { sink, database } = this.tools;
    const stored = readTrials<TrialNote>(dir);
    if (stored.length === 0) return;
    for (const { trial, note } of stored) sink.notes.set(trial, note);
    const columns = await readTrialColumn(database, dir, manifest.metric, manifest.config.episodes);
    for (const [trial, values] of columns) sink.metric.set(trial, values);
  }

  private async runTrials(): Promise<void> {
    const { runner, sink } = this.tools;
    const missing = this.sweep.trials.filter(({ spec }) => !sink.notes.has(spec.trial)).values();
    let isOver = false;
    const lane = async (): Promise<void> => {
      for (const trial of missing) {
        if (isOver) return;
        const records = await runner.run(trial, this.recorded);
        if (records === null) return;
        await sink.take(records, trial.spec.config);
        this.report();
      }
    };
    const stopOthers = (error: unknown): never => {
      isOver = true;
      runner.cancel();
      throw error;
    };
    await Promise.all(Array.from({ length: runner.lanes }, () => lane().catch(stopOthers)));
  }

  private report(): void {
    const { sink, runner } = this.tools;
    const { seconds } = this;
    const { trials } = this.sweep;
    const progress = { trials: sink.notes.size, requested: trials.length, episodesHere: runner.episodes, seconds };
    this.options.onProgress?.(progress);
  }

  private select(): Selection {
    const { manifest } = this.sweep;
    const { metric } = this.tools.sink;
    const samples = manifest.candidates.map((_, i) => ({ trial: i + 1, values: metric.get(i + 1)! }));
    return selectTrials(samples, {
      benchmark: metric.get(0) ?? null,
      direction: manifest.direction,
      antithetic: manifest.config.antithetic,
      seed: manifest.seed,
    });
  }

  /** Whether a trial comes out the same when it runs a second time; null when canceled. */
  private async runAgain(number: number): Promise<boolean | null> {
    const { runner, sink } = this.tools;
    const trial = this.trial(number);
    const [, again] = this.spares;
    const records = await runner.run({ ...trial, spec: { ...trial.spec, trial: again } }, 0);
    return records === null ? null : records.digest === sink.notes.get(number)!.digest;
  }

  /** The best trial on paths of its own; null where there are none, or when canceled. */
  private async runFresh({ best }: Selection): Promise<FreshPaths | null> {
    const { manifest, bench } = this.sweep;
    const { runner } = this.tools;
    if (best === undefined || manifest.isOneHistory) return null;
    const seed = manifest.seed.slice(0, LONGEST_SEED - FRESH.length) + FRESH;
    const [first] = this.spares;
    const numbers = manifest.benchmark === 'config' ? [best, 0] : [best];
    const configs = numbers.map((number) => ({ ...this.trial(number).spec.config, seed }));
    const admitted = (await bench.admit(configs, first + 2)) as AdmittedTrial[];
    const found: (TrialRecords | null)[] = [];
    for (const trial of admitted) found.push(await runner.run(trial, 0));
    const [chosen, benchmark] = found;
    if (chosen === null || chosen === undefined || benchmark === null) return null;
    const { antithetic } = manifest.config;
    const values = columnOf(chosen, manifest.metric);
    const base = benchmark === undefined ? undefined : columnOf(benchmark, manifest.metric);
    const mean = (sample: Float64Array): Estimate => meanOf({ values: sample, antithetic });
    return {
      ...{ seed, trial: best, digest: chosen.digest },
      metric: plain(mean(values)),
      benchmark: base === undefined ? null : plain(mean(base)),
      difference: plain(mean(base === undefined ? values : values.map((value, i) => value - base[i]!))),
    };
  }

  private async summary(
    selection: Selection,
    rest: Pick<SweepSummary, 'fresh' | 'reproducible' | 'timing'>,
  ): Promise<SweepSummary> {
    const { dir, manifest } = this.sweep;
    const { sink, database } = this.tools;
    const { compared, better, best, episodes, tail, method } = selection;
    const { id, seed, marketKey, metric, direction, search } = manifest;
    const { antithetic } = manifest.config;
    const base = sink.metric.get(0);
    const history =
      !manifest.isOneHistory || best === undefined
        ? null
        : judgeHistory(manifest, best, await readTrialEquity(database, dir), this.options.ledgerDir);
    const confirmed = isConfirmed(selection, manifest, rest.fresh);
    const sentence = history?.sentence ?? selectionSentence(selection, manifest, confirmed);
    const results = resultsOf(manifest, selection, sink.notes);
    return {
      ...{ id, dir, status: 'completed', seed, marketKey, metric, direction },
      benchmark: {
        name: manifest.benchmark,
        digest: sink.notes.get(0)?.digest ?? null,
        metric: base === undefined ? null : plain(meanOf({ values: base, antithetic })),
      },
      parameters: manifest.parameters.map(({ path }) => formatPath(path)),
      ...{ search, refused: manifest.refusals, episodes: manifest.config.episodes },
      selection: {
        ...{ sentence, compared, better, confirmed, best: best ?? null, episodes, tail },
        method: history === null ? method : HISTORY_METHOD,
      },
      trials: results,
      ...{ history, ...rest },
    };
  }

  private trial(number: number): AdmittedTrial {
    return this.sweep.trials.find(({ spec }) => spec.trial === number)!;
  }

  /** Numbers that no trial has. */
  private get spares(): [number, number] {
    const { length } = this.sweep.manifest.candidates;
    return [length + 1, length + 2];
  }
}
