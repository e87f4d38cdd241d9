import { END_REASONS } from '@ergodic/core';
import type { OutputProgress } from './outputs/output.ts';
import { type Database, parquetSource } from './store/database.ts';
import type { PartInfo } from './store/parts.ts';
import type { BatchResult } from './task.ts';

/** Live figures of the episodes so far, those of earlier processes included. */
export interface RunningFigures {
  readonly episodes: number;
  readonly failed: number;
  readonly ruined: number;
  readonly stopped: number;
  readonly steps: number;
  readonly events: number;
  /** Over the episodes that did not fail; NaN while there are none. */
  readonly meanReturn: number;
  readonly meanReward: number;
}

/** Where a run stands; delivered a few times a second. */
export interface Progress extends RunningFigures {
  /** Of a run that may end early, as many as its next check looks at. */
  readonly requested: number;
  /** Since this process dispatched its first batch. */
  readonly seconds: number;
  /** Done by this process. */
  readonly episodesHere: number;
  readonly stepsHere: number;
  readonly retries: number;
  /** A spool is full. */
  readonly isPaused: boolean;
  readonly outputs: readonly OutputProgress[];
}

/** Counts and sums of a growing ensemble. */
export class Totals {
  private readonly fields: readonly string[];
  private readonly sums = {
    episodes: 0,
    failed: 0,
    ruined: 0,
    stopped: 0,
    steps: 0,
    events: 0,
    returns: 0,
    rewards: 0,
  };

  constructor(fields: readonly string[], committed: readonly PartInfo[]) {
    this.fields = fields;
    for (const { episodes, failed, steps, events } of committed) {
      this.sums.episodes += episodes;
      this.sums.failed += failed;
      this.sums.steps += steps;
      this.sums.events += events;
    }
  }

  get figures(): RunningFigures {
    const { returns, rewards, ...counts } = this.sums;
    const n = counts.episodes - counts.failed || Number.NaN;
    return { ...counts, meanReturn: returns / n, meanReward: rewards / n };
  }

  /** Takes up what commits do not tell of the episodes that are stored. */
  async recall(database: Database, files: readonly string[]): Promise<void> {
    const ended = (reason: string): string => `CAST(count(*) FILTER (endReason = '${reason}') AS DOUBLE)`;
    const sum = (name: string): string => `coalesce(sum(${name}), 0)`;
    const selected = [ended('ruined'), ended('stopped'), sum('totalReturn'), sum('totalReward')].join(', ');
    const [row] = await database.rows(`SELECT ${selected} FROM ${parquetSource(files)}`);
    const [ruined, stopped, returns, rewards] = row as [number, number, number, number];
    Object.assign(this.sums, { ruined, stopped, returns, rewards });
  }

  /** Takes up a finished batch. */
  count(result: BatchResult): void {
    const { sums, fields } = this;
    const returnAt = fields.indexOf('totalReturn');
    const rewardAt = fields.indexOf('totalReward');
    const episodes = result.to - result.from;
    sums.episodes += episodes;
    sums.steps += result.steps;
    sums.events += result.events;
    for (let i = 0; i < episodes; i++) {
      const reason = END_REASONS[result.endReasons[i]!]!;
      if (reason !== 'completed') sums[reason]++;
      if (reason === 'failed') continue;
      sums.returns += result.records[i * fields.length + returnAt]!;
      sums.rewards += result.records[i * fields.length + rewardAt]!;
    }
  }
}
