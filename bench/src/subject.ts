import { type Config, rootKey, Simulation, type SimulationParts, substreamKey } from '@ergodic/core';

/** An episode that is measured on the engine and written out again in C. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  readonly config: Config;
  readonly parts: SimulationParts;
  /** What a row is: times are per row. */
  readonly unit: 'step' | 'instrument step';
  /** Rows of an episode that runs to its end. */
  readonly rows: number;
}

export function createSimulation({ config, parts }: Subject): Simulation {
  return new Simulation(config, parts);
}

/** The text that the C programs read: a line an episode, the keys of its markets' streams, in config order. */
export function keysOf({ config }: Subject, from: number, episodes: number): string {
  const root = rootKey(config.seed);
  const lines: string[] = [];
  for (let episode = from; episode < from + episodes; episode++) {
    const keys = Object.keys(config.markets).map((symbol) => substreamKey(root, episode, `market/${symbol}`));
    lines.push(keys.flat().join(' '));
  }
  return `${lines.join('\n')}\n`;
}

/** Runs an episode to its end and writes its record. */
export function runEpisode(simulation: Simulation, episode: number, out: Float64Array, at: number): void {
  simulation.begin(episode);
  while (simulation.advance() !== 'ended');
  simulation.record(out, at);
}
