import { PipelineNode } from '@ergodic/pipeline';

/** So many threads, each of which plays one episode at a time. */
export function createPlayers(count, config) {
  const thread = { module: new URL('player.mjs', import.meta.url), data: { config } };
  return Array.from({ length: count }, (_, i) => new PipelineNode({ name: `player ${i}`, thread, retries: 1 }));
}

/**
 * Plays episodes on all players and returns the results in the order of the episodes, whoever played them first. A result goes
 * to `onResult` as soon as it is there; where that returns a promise, its player waits. Throws the signal's reason.
 */
export async function playAll(players, episodes, { onResult, signal }) {
  const results = [];
  let next = 0;
  const lane = async (player) => {
    while (next < episodes.length) {
      signal.throwIfAborted();
      const i = next++;
      results[i] = await player.push(episodes[i]);
      await onResult(episodes[i], results[i]);
    }
  };
  await Promise.all(players.map(lane));
  return results;
}
