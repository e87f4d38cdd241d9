import { count } from '../format.ts';
import { notice } from '../output.ts';
import { follow, type SessionOptions } from '../session.ts';
import { StopSignals } from '../stop.ts';
import { starting } from './run.ts';

export interface TrainCommandOptions extends SessionOptions {
  readonly iterations?: string;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly out?: string;
}

/** Trains the agent of a config, and gives the exit code. */
export async function train(path: string | undefined, options: TrainCommandOptions): Promise<number> {
  const stop = new StopSignals();
  const { loadConfig } = await import('../config/index.ts');
  const { iterations, seed, out } = options;
  const overrides = { iterations, seed };
  const loaded = await loadConfig({ path, sets: options.set, overrides, training: true, cwd: process.cwd() });
  const { training } = loaded.config;
  const size = `${count(training!.iterations)} iterations of ${count(training!.episodes)} episodes`;
  notice(`${loaded.source.name}: ${size}; checking agent and market`);
  const { startTraining } = await import('@ergodic/workers');
  return follow(starting(startTraining, loaded, { out }), stop, options);
}
