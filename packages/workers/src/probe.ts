import { Worker } from 'node:worker_threads';
import { ConfigError, type Issue, type Simulation } from '@ergodic/core';
import { messageOf, RunError } from './errors.ts';
import { streamColumns } from './recorder.ts';
import { createSimulation } from './simulation.ts';
import type { RunSpec } from './task.ts';

const LOAD_MS = 10_000;

/** What the coordinator has to know of a simulation that only workers build. */
export interface SimulationLayout {
  readonly symbols: readonly string[];
  readonly fields: readonly string[];
  readonly equity: readonly string[];
  readonly rewards: readonly string[];
  readonly steps: number;
  readonly stepsPerYear: number;
  readonly intervalMs: number;
  readonly startMs: number;
}

export type ProbeAnswer =
  | { readonly kind: 'ok'; readonly layout: SimulationLayout }
  | { readonly kind: 'config'; readonly issues: readonly Issue[] }
  | { readonly kind: 'error'; readonly message: string };

export function describeSimulation(simulation: Simulation): SimulationLayout {
  const { symbols, fields, steps, stepsPerYear, intervalMs, startMs } = simulation;
  const { equity, rewards } = streamColumns(simulation);
  return { symbols, fields, equity, rewards, steps, stepsPerYear, intervalMs, startMs };
}

/**
 * Builds the simulation once, before any episode: everything that is wrong with config or files shows here. User files are
 * loaded in a thread of their own, so that one that loops or exits cannot take the coordinator along.
 */
export async function probeSimulation(
  spec: Pick<RunSpec, 'config' | 'bundles' | 'candles'>,
): Promise<SimulationLayout> {
  if (spec.bundles.length === 0) return describeSimulation(await createSimulation(spec));
  const answer = await askThread(spec);
  if (answer.kind === 'config') throw new ConfigError(answer.issues);
  if (answer.kind === 'error') throw new RunError('WORKER_BUG', answer.message);
  return answer.layout;
}

function askThread(spec: Pick<RunSpec, 'config' | 'bundles' | 'candles'>): Promise<ProbeAnswer> {
  const files = spec.bundles.map(({ use }) => use).join(', ');
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./probe-thread.js', import.meta.url), {
      workerData: spec,
      resourceLimits: { maxOldGenerationSizeMb: spec.config.limits.heapMb },
    });
    const fail = (what: string): void => reject(new RunError('STRATEGY_INVALID', `${files}: ${what}`));
    const timer = setTimeout(() => {
      fail(`the file must be loaded within ${LOAD_MS / 1_000} s, it is not: does it loop at its top level?`);
      void worker.terminate();
    }, LOAD_MS);
    worker.once('message', (answer: ProbeAnswer) => {
      resolve(answer);
      void worker.terminate();
    });
    worker.once('error', (error) => fail(`loading the file ended its thread: ${messageOf(error)}`));
    worker.once('exit', () => {
      clearTimeout(timer);
      fail('the file must not end the process while it is loaded');
    });
  });
}
