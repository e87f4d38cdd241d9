import { Worker } from 'node:worker_threads';
import { ConfigError, type Issue, preview, type Simulation } from '@ergodic/core';
import { messageOf, RunError } from './errors.ts';
import { checkOnnxPolicy } from './policies/settings.ts';
import { streamColumns } from './recorder.ts';
import { createSimulation, type SimulationSpec } from './simulation.ts';
import { TRAINING_FIELDS } from './training/fields.ts';
import { type AgentLayout, agentLayout, createPlayers, initialWeights } from './training/players.ts';

const LOAD_MS = 10_000;
/** More for each further simulation of the same files, ms. */
const BUILD_MS = 1_000;

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
  /** Only in training runs: what agent and policy are made from. */
  readonly agent?: AgentLayout;
}

/** A layout, and what a training run starts with. */
export interface Probed {
  readonly layout: SimulationLayout;
  readonly weights: Float64Array | null;
}

export type ProbeAnswer =
  | { readonly kind: 'ok'; readonly probed: Probed }
  | { readonly kind: 'config'; readonly issues: readonly Issue[] }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

export function describeSimulation(simulation: Simulation): SimulationLayout {
  const { symbols, steps, stepsPerYear, intervalMs, startMs, config } = simulation;
  const fields = config.training === undefined ? simulation.fields : [...simulation.fields, ...TRAINING_FIELDS];
  const { equity, rewards } = streamColumns(simulation);
  return { symbols, fields, equity, rewards, steps, stepsPerYear, intervalMs, startMs };
}

/**
 * Builds the simulation once, before any episode: everything that is wrong with config or files shows here. User files are
 * loaded in a thread of their own, so that one that loops or exits cannot take the coordinator along.
 */
export async function probeSimulation(spec: SimulationSpec): Promise<Probed> {
  if (spec.bundles.length === 0) return probe(spec);
  const [answer] = await askThread([spec]);
  return probedOf(answer!);
}

/** Builds the simulation of each spec, as `probeSimulation` does; gives the ConfigError of one that cannot be. */
export async function probeEach(specs: readonly SimulationSpec[]): Promise<(Probed | ConfigError)[]> {
  const hasFiles = specs.some(({ bundles }) => bundles.length > 0);
  const answers: (Probed | ConfigError)[] = [];
  for (const answer of hasFiles ? await askThread(specs) : await answerEach(specs)) {
    try {
      answers.push(probedOf(answer));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      answers.push(error);
    }
  }
  return answers;
}

function probedOf(answer: ProbeAnswer): Probed {
  if (answer.kind === 'config') throw new ConfigError(answer.issues);
  if (answer.kind === 'error') throw new RunError(answer.code, answer.message);
  return answer.probed;
}

/** Builds each of them in this thread. */
export async function answerEach(specs: readonly SimulationSpec[]): Promise<ProbeAnswer[]> {
  const answers: ProbeAnswer[] = [];
  for (const spec of specs) answers.push(await answer(spec));
  return answers;
}

async function answer(spec: SimulationSpec): Promise<ProbeAnswer> {
  try {
    return { kind: 'ok', probed: await probe(spec) };
  } catch (error) {
    if (error instanceof ConfigError) return { kind: 'config', issues: error.issues.map(cloneable) };
    if (error instanceof RunError) return { kind: 'error', code: error.code, message: error.message };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'error', code: 'WORKER_BUG', message };
  }
}

/** What a file exported may hold functions, which no message can carry. */
function cloneable(issue: Issue): Issue {
  const { received } = issue;
  const isPlain = typeof received !== 'function' && typeof received !== 'symbol' && typeof received !== 'object';
  return isPlain ? issue : { ...issue, received: preview(received) };
}

/** Builds everything in this thread. */
export async function probe(spec: SimulationSpec): Promise<Probed> {
  if (spec.config.training !== undefined) {
    const players = await createPlayers(spec);
    const layout = { ...describeSimulation(players.simulation), agent: agentLayout(players) };
    return { layout, weights: initialWeights(players, spec.config.seed) };
  }
  const simulation = await createSimulation(spec);
  if (spec.policy !== undefined) await checkOnnxPolicy(spec.policy, simulation);
  return { layout: describeSimulation(simulation), weights: null };
}

function askThread(specs: readonly SimulationSpec[]): Promise<ProbeAnswer[]> {
  const files = [...new Set(specs.flatMap(({ bundles }) => bundles.map(({ use }) => use)))].join(', ');
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./probe-thread.js', import.meta.url), {
      workerData: specs,
      resourceLimits: { maxOldGenerationSizeMb: specs[0]!.config.limits.heapMb },
    });
    const fail = (what: string): void => reject(new RunError('STRATEGY_INVALID', `${files}: ${what}`));
    const timer = setTimeout(
      () => {
        fail(`the file must be loaded within ${LOAD_MS / 1_000} s, it is not: does it loop at its top level?`);
        void worker.terminate();
      },
      LOAD_MS + (specs.length - 1) * BUILD_MS,
    );
    worker.once('message', (answers: ProbeAnswer[]) => {
      resolve(answers);
      void worker.terminate();
    });
    worker.once('error', (error) => fail(`loading the file ended its thread: ${messageOf(error)}`));
    worker.once('exit', () => {
      clearTimeout(timer);
      fail('the file must not end the process while it is loaded');
    });
  });
}
