import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, EndReason } from '@ergodic/core';
import {
  Database,
  openTrainingRun,
  parquetSource,
  type Summary,
  type TrainingRun,
  type TrainingRunOptions,
  tableFiles,
} from '@ergodic/workers';
import { ENDS, type EndedEpisodes } from './actor.ts';
import type { EpisodesOf } from './session.ts';

const DATABASE_MB = 64;

/** The run directory of a session: its episodes are stored, and streamed to the outputs of the config. */
export class SessionStorage {
  readonly dir: string;
  readonly id: string;
  /** Number of the first episode that is not there yet. */
  readonly nextEpisode: number;
  /** Iterations that are there already. */
  readonly iterations: number;
  private readonly run: TrainingRun;
  private readonly ruinEquity: number;
  private readonly isNew: boolean;

  private constructor(run: TrainingRun, config: Config, iterations: number, isNew: boolean) {
    this.run = run;
    this.dir = run.dir;
    this.id = run.id;
    this.nextEpisode = run.nextEpisode;
    this.iterations = iterations;
    this.isNew = isNew;
    this.ruinEquity = config.portfolio.ruin * config.portfolio.cash;
  }

  /**
   * Opens a new directory, or one of a session with the same config, which goes on. Throws ConfigError, CandleError or RunError;
   * nothing is written then.
   */
  static async open(config: Config, options: TrainingRunOptions): Promise<SessionStorage> {
    const isNew = options.dir === undefined || !existsSync(join(options.dir, 'run.json'));
    const run = await openTrainingRun(config, options);
    try {
      return new SessionStorage(run, config, await storedIterations(run.dir), isNew);
    } catch (error) {
      await run.close({ status: 'failed', error: String(error) });
      throw error;
    }
  }

  /** Takes what `onEpisodes` gives; `fields` are those of `onStart`. Waits while too much waits to be stored. */
  async add(ended: EndedEpisodes, { iteration, policyVersion }: EpisodesOf, fields: readonly string[]): Promise<void> {
    const columns = this.run.fields.map((name) => fields.indexOf(name));
    const equity = fields.indexOf('finalEquity');
    let failed = 0;
    for (const [i, episode] of ended.episodes.entries()) {
      const row = ended.figures.subarray(i * fields.length, (i + 1) * fields.length);
      const endReason = this.endReason(ended.ends[i]!, row[equity]!);
      const failure = endReason === 'failed' ? { failure: ended.failures[failed++]! } : {};
      // A figure that this config has elsewhere and not here was not drawn.
      const figures = columns.map((column) => (column < 0 ? Number.NaN : row[column]!));
      const trainingIteration = this.iterations + iteration - 1;
      this.run.add({ episode, endReason, figures, trainingIteration, policyVersion, ...failure });
    }
    await this.run.room();
  }

  /** Stores what is left. A new directory in which nothing has come is removed: undefined then. */
  async close(options: Parameters<TrainingRun['close']>[0]): Promise<Summary | undefined> {
    const summary = await this.run.close(options);
    if (!this.isNew || summary.episodes.requested > 0) return summary;
    rmSync(this.dir, { recursive: true, force: true });
    return undefined;
  }

  /** Ruin is checked at each mark, so that it shows in the last equity. */
  private endReason(end: number, equity: number): EndReason {
    const name = ENDS[end]!;
    if (name !== 'terminated') return name;
    return equity <= this.ruinEquity ? 'ruined' : 'stopped';
  }
}

async function storedIterations(dir: string): Promise<number> {
  const files = tableFiles(dir, 'episodes');
  if (files.length === 0) return 0;
  const database = await Database.open(DATABASE_MB, join(dir, 'iterations.tmp'));
  try {
    const column = 'CAST(max("trainingIteration") AS DOUBLE)';
    const [[last]] = (await database.rows(`SELECT ${column} FROM ${parquetSource(files)}`)) as [[number]];
    return last + 1;
  } finally {
    database.close();
  }
}
