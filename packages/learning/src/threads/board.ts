import type { VectorEnvironment } from '@ergodic/core';

/** How many numbers the arrays hold for each environment. */
export interface BoardWidths {
  readonly observation: number;
  readonly action: number;
  readonly terms: number;
  readonly fields: number;
}

/** The arrays of all environments, over memory that threads share. */
export interface Board {
  readonly actions: Float64Array<SharedArrayBuffer>;
  readonly observations: Float32Array<SharedArrayBuffer>;
  readonly finalObservations: Float32Array<SharedArrayBuffer>;
  readonly rewards: Float64Array<SharedArrayBuffer>;
  readonly rewardParts: Float64Array<SharedArrayBuffer>;
  readonly equities: Float64Array<SharedArrayBuffer>;
  readonly steps: Float64Array<SharedArrayBuffer>;
  readonly episodes: Float64Array<SharedArrayBuffer>;
  readonly endedEpisodes: Float64Array<SharedArrayBuffer>;
  readonly records: Float64Array<SharedArrayBuffer>;
  readonly terminations: Uint8Array<SharedArrayBuffer>;
  readonly truncations: Uint8Array<SharedArrayBuffer>;
  readonly ended: Uint8Array<SharedArrayBuffer>;
}

export function createBoard(count: number, { observation, action, terms, fields }: BoardWidths): Board {
  const doubles = (width: number) => new Float64Array(new SharedArrayBuffer(8 * count * width));
  const floats = (width: number) => new Float32Array(new SharedArrayBuffer(4 * count * width));
  const flags = () => new Uint8Array(new SharedArrayBuffer(count));
  return {
    actions: doubles(action),
    observations: floats(observation),
    finalObservations: floats(observation),
    rewards: doubles(1),
    rewardParts: doubles(terms),
    equities: doubles(1),
    steps: doubles(1),
    episodes: doubles(1),
    endedEpisodes: doubles(1).fill(-1),
    records: doubles(fields).fill(Number.NaN),
    terminations: flags(),
    truncations: flags(),
    ended: flags(),
  };
}

/** Copies the arrays of a shard, whose first environment is number `first` of all. */
export function publish(shard: VectorEnvironment, board: Board, first: number): void {
  const { count, observationSize, rewardNames, fields, ended } = shard;
  board.observations.set(shard.observations, first * observationSize);
  board.rewards.set(shard.rewards, first);
  board.rewardParts.set(shard.rewardParts, first * rewardNames.length);
  board.equities.set(shard.equities, first);
  board.steps.set(shard.steps, first);
  board.episodes.set(shard.episodes, first);
  board.endedEpisodes.set(shard.endedEpisodes, first);
  board.terminations.set(shard.terminations, first);
  board.truncations.set(shard.truncations, first);
  board.ended.set(ended, first);
  for (let i = 0; i < count; i++) {
    if (ended[i] !== 1) continue;
    shard.record(i, board.records, (first + i) * fields.length);
    if (shard.autoreset !== 'same-step') continue;
    const row = shard.finalObservations.subarray(i * observationSize, (i + 1) * observationSize);
    board.finalObservations.set(row, (first + i) * observationSize);
  }
}
