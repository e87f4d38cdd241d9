import type { OpenSweep, SweepProgress } from '@ergodic/analysis';
import { createProgress } from '../progress.ts';

export interface SweepProgressView {
  update(progress: SweepProgress): void;
  stop(): void;
}

/** The progress of a sweep, in episodes of all its trials. */
export function createSweepProgress({ trials, manifest }: OpenSweep): SweepProgressView {
  const { episodes } = manifest.config;
  const requested = trials.length * episodes;
  const view = createProgress(requested);
  const nothing = { failed: 0, ruined: 0, stopped: 0, steps: 0, stepsHere: 0, events: 0, retries: 0 };
  const plain = { ...nothing, meanReturn: Number.NaN, meanReward: Number.NaN, isPaused: false, outputs: [] };
  let before = -1;
  return {
    update({ trials: done, episodesHere, seconds }) {
      if (before < 0) before = Math.max(0, done * episodes - episodesHere);
      view.update({ ...plain, requested, episodes: Math.min(requested, before + episodesHere), episodesHere, seconds });
    },
    stop: () => view.stop(),
  };
}
