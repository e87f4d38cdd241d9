import { END_REASONS, PairedMoments, RunningMoments } from '@ergodic/core';
import type { Batch } from '../batches.ts';
import type { Coordinator } from '../coordinator.ts';
import { asDouble, type Database, parquetSource } from '../store/database.ts';
import type { Manifest } from '../store/manifest.ts';
import type { AgentTask, BatchResult } from '../task.ts';
import { agentName } from './policy-file.ts';
import type { Weights } from './weights.ts';

const FAILED = END_REASONS.indexOf('failed');
/** The part of the iterations that counts as the first ones, and as the last. */
const EDGE = 0.1;
const SCORES = ['totalReward', 'totalReturn'] as const;

/** A mean over episodes with its 95 % confidence interval (Student's; of antithetic episodes from their pairs). */
export interface Estimate {
  readonly n: number;
  readonly mean: number | null;
  readonly ci95: readonly [number | null, number | null];
}

export type Scores = Readonly<Record<(typeof SCORES)[number], Estimate>>;

/** Episodes of some iterations, both ends included. */
export interface StageScores extends Scores {
  readonly iterations: readonly [number, number];
}

/** The trained agent and the random one on the same fresh episodes. Episodes in which either failed count for neither. */
export interface Evaluation {
  /** Numbers of the episodes, `to` exclusive: none of them was trained on. */
  readonly from: number;
  readonly to: number;
  readonly failed: number;
  /** It takes the best action that it knows. */
  readonly trained: Scores;
  readonly random: Scores;
  /** Trained less random, episode by episode. */
  readonly difference: Scores;
}

/** What a training run came to. */
export interface TrainingSummary {
  readonly agent: string;
  /** Path of the trained policy within the run directory. */
  readonly policy: string;
  readonly iterations: number;
  readonly episodesPerIteration: number;
  /** Updates that the trained weights have had. */
  readonly policyVersion: number;
  /** The first and the last tenth of the iterations, while the agent tried things out. */
  readonly first: StageScores;
  readonly last: StageScores;
  /** Null where none was asked for. */
  readonly evaluation: Evaluation | null;
}

/** Plays the evaluation of a trained run; null when canceled. */
export async function evaluate(
  coordinator: Coordinator,
  { config, layout }: Manifest,
  { iteration, version, values }: Weights,
): Promise<Evaluation | null> {
  const { evaluationEpisodes: count } = config.training!;
  // The mirror of a training episode is none that is fresh.
  const from = config.episodes + (config.antithetic ? config.episodes % 2 : 0);
  const base = { iteration, policyVersion: version, isLearning: false };
  const agents: AgentTask[] = [
    { ...base, agent: 'trained', weights: values },
    { ...base, agent: 'random', weights: new Float64Array(0) },
  ];
  const size = Math.max(layout.batchSize, Math.ceil(count / 64));
  const ranges = Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)]);
  const batches = agents.flatMap((agent) =>
    ranges.map(([a, b]): Batch => ({ index: -1, from: from + a!, to: from + b!, agent })),
  );
  const results = await play(coordinator, batches);
  if (results === null) return null;
  const [trained, random] = [results.slice(0, ranges.length), results.slice(ranges.length)];
  const columns = SCORES.map((name) => layout.fields.indexOf(name));
  const sets = [0, 1, 2].map(() => SCORES.map(() => new Collected(config.antithetic)));
  let failed = 0;
  for (let r = 0; r < trained.length; r++) {
    const [a, b] = [trained[r]!, random[r]!];
    for (let i = 0; i < a.to - a.from; i++) {
      if (a.endReasons[i] === FAILED || b.endReasons[i] === FAILED) {
        failed++;
        continue;
      }
      for (let s = 0; s < columns.length; s++) {
        const [x, y] = [scoreAt(a, i, columns[s]!), scoreAt(b, i, columns[s]!)];
        for (const [k, value] of [x, y, x - y].entries()) sets[k]![s]!.add(a.from + i, value);
      }
    }
  }
  const [ofTrained, ofRandom, ofDifference] = sets.map(scoresOf);
  return { from, to: from + count, failed, trained: ofTrained!, random: ofRandom!, difference: ofDifference! };
}

/** Plays batches that are no part of the run and are not stored; null when canceled. */
async function play(coordinator: Coordinator, batches: readonly Batch[]): Promise<BatchResult[] | null> {
  const results: BatchResult[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < batches.length && !coordinator.wasCanceled) {
      const i = next++;
      const result = await coordinator.runBatch(batches[i]!);
      if (result !== null && !result.canceled) results[i] = result;
    }
  };
  await Promise.all(Array.from({ length: coordinator.pool.slots }, lane));
  return coordinator.wasCanceled ? null : results;
}

/** The first and the last iterations of a run, as they are stored. */
export async function compareStages(
  database: Database,
  files: readonly string[],
  { config }: Manifest,
): Promise<Pick<TrainingSummary, 'first' | 'last'>> {
  const { iterations } = config.training!;
  const count = Math.max(1, Math.floor(EDGE * iterations));
  const stage = async (from: number, to: number): Promise<StageScores> => {
    const columns = ['episode', ...SCORES].map(asDouble).join(', ');
    const rows = (await database.rows(
      `SELECT ${columns} FROM ${parquetSource(files)} WHERE endReason <> 'failed'
       AND trainingIteration BETWEEN ${from} AND ${to} ORDER BY episode`,
    )) as number[][];
    const set = SCORES.map(() => new Collected(config.antithetic));
    for (const [episode, ...values] of rows) for (const [s, value] of values.entries()) set[s]!.add(episode!, value);
    return { iterations: [from, to], ...scoresOf(set) };
  };
  return { first: await stage(0, count - 1), last: await stage(iterations - count, iterations - 1) };
}

/** Puts together what a training run came to. */
export function trainingSummary(
  { config }: Manifest,
  policy: string,
  { version }: Weights,
  stages: Pick<TrainingSummary, 'first' | 'last'>,
  evaluation: Evaluation | null,
): TrainingSummary {
  const { agent, iterations, episodes } = config.training!;
  return {
    agent: agentName(agent.use),
    policy,
    iterations,
    episodesPerIteration: episodes,
    policyVersion: version,
    ...stages,
    evaluation,
  };
}

class Collected {
  private readonly moments = new RunningMoments();
  private readonly pairs: PairedMoments | null;

  constructor(isAntithetic: boolean) {
    this.pairs = isAntithetic ? new PairedMoments() : null;
  }

  /** Episodes come in order. */
  add(episode: number, value: number): void {
    this.moments.add(value);
    this.pairs?.add(episode, value);
  }

  get estimate(): Estimate {
    const { n, mean } = this.moments;
    const [low, high] = (this.pairs ?? this.moments).ci95;
    const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
    return { n, mean: n === 0 ? null : mean, ci95: [known(low), known(high)] };
  }
}

function scoresOf(set: readonly Collected[]): Scores {
  return Object.fromEntries(SCORES.map((name, s) => [name, set[s]!.estimate])) as unknown as Scores;
}

function scoreAt({ records, endReasons }: BatchResult, episode: number, column: number): number {
  return records[(episode * records.length) / endReasons.length + column]!;
}
