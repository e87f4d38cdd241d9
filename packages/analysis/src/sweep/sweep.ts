import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Config, ConfigError, hintFor, startsWith } from '@ergodic/core';
import { type AdmittedTrial, isEmptyOrMissing, newRunId, RunError, TrialBench, versions } from '@ergodic/workers';
import { isOneHistory } from '../ledger/history.ts';
import { type Candidates, type ConfigOf, gatherCandidates, regather } from './candidates.ts';
import { SweepError } from './error.ts';
import { type Benchmark, readSweep, type SweepManifest, writeSweep } from './manifest.ts';
import type { Parameter } from './parameters.ts';
import { gridSearch, MOST_TRIALS, randomSearch, type SearchName } from './search.ts';

/** Columns of which less is better. */
const COSTS = [
  'maxDrawdown',
  'longestDrawdown',
  'turnover',
  'commission',
  'slippage',
  'spread',
  'impact',
  'orders',
  'fills',
  'rejects',
];
/** What all trials must have alike, so that they run on the same paths. */
const SHARED = [
  'markets',
  'steps',
  'interval',
  'seed',
  'episodes',
  'start',
  'calendar',
  'correlation',
  'antithetic',
  'limits',
  'record',
  'outputs',
];

/** What is searched for, and how. */
export interface SweepPlan {
  /** The config as it stands. */
  readonly config: Config;
  readonly configOf: ConfigOf;
  /** Kept for whoever goes on with the sweep. */
  readonly source?: unknown;
  readonly parameters: readonly Parameter[];
  readonly search: SearchName;
  /** Candidates of a random search. */
  readonly trials?: number;
  readonly metric: string;
  /** Default: by the metric's name. */
  readonly direction?: SweepManifest['direction'];
  readonly benchmark: Benchmark;
}

/** A sweep whose candidates are known and built. */
export interface OpenSweep {
  readonly dir: string;
  readonly manifest: SweepManifest;
  readonly bench: TrialBench;
  /** The benchmark as trial 0 where it is the config, then the candidates from 1. */
  readonly trials: readonly AdmittedTrial[];
}

/**
 * Makes the directory of a new sweep (default `runs/<id>`): all candidates are checked, and nothing has run yet. Throws SweepError,
 * ConfigError, CandleError, RunError; then nothing is left behind.
 */
export async function createSweep(plan: SweepPlan, dir?: string): Promise<OpenSweep> {
  const id = dir === undefined ? newRunId() : basename(dir);
  const place = dir ?? join('runs', id);
  if (!isEmptyOrMissing(place)) {
    const wayOut = `choose another --out, or go on with ergodic sweep --resume ${place}`;
    throw new RunError('RUN_DIR_NOT_EMPTY', `${place}: a new sweep needs an empty or missing directory; ${wayOut}`);
  }
  const wasMissing = !existsSync(place);
  try {
    return await writeNew(plan, place, id);
  } catch (error) {
    rmSync(wasMissing ? place : join(place, 'inputs'), { recursive: true, force: true });
    throw error;
  }
}

async function writeNew(plan: SweepPlan, dir: string, id: string): Promise<OpenSweep> {
  const { parameters, search, metric, benchmark } = plan;
  checkParameters(parameters);
  const isOne = isOneHistory(plan.config);
  const config = trialConfig(plan.config, isOne);
  const configOf: ConfigOf = async (values) => trialConfig(await plan.configOf(values), isOne);
  const bench = new TrialBench(config, dir);
  const reference = benchmark === 'config' ? await admitBenchmark(bench, config) : undefined;
  const isGrid = search === 'grid';
  const candidates = await gatherCandidates(
    isGrid ? gridSearch(parameters) : randomSearch(parameters, config.seed),
    isGrid ? MOST_TRIALS : (plan.trials ?? 100),
    parameters,
    { bench, configOf },
  );
  const first = reference ?? candidates.trials[0]!;
  checkAlike(first, candidates, parameters);
  checkMetric(metric, first);
  const manifest: SweepManifest = {
    schema: 1,
    ...{ id, createdAt: new Date().toISOString(), versions: versions(), seed: config.seed, config },
    ...{ source: plan.source ?? null, parameters, search, metric, benchmark },
    direction: plan.direction ?? (COSTS.includes(metric) ? 'minimize' : 'maximize'),
    isOneHistory: isOne,
    inputs: bench.inputs,
    ...{ marketKey: first.marketKey, layout: first.layout },
    ...{ candidates: candidates.values, refusals: candidates.refusals },
    status: 'running',
    wallSeconds: 0,
  };
  mkdirSync(dir, { recursive: true });
  writeSweep(dir, manifest);
  return {
    dir,
    manifest,
    bench,
    trials: reference === undefined ? candidates.trials : [reference, ...candidates.trials],
  };
}

/** Opens a sweep to go on with it. Throws RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`, `INPUT_CHANGED`. */
export async function openSweep(dir: string, configOf: ConfigOf): Promise<OpenSweep> {
  const manifest = readSweep(dir);
  const { config, inputs, candidates, benchmark, isOneHistory: isOne } = manifest;
  const bench = new TrialBench(config, dir, inputs);
  const reference = benchmark === 'config' ? [await admitBenchmark(bench, config)] : [];
  const again: ConfigOf = async (values) => trialConfig(await configOf(values), isOne);
  const trials = await regather(candidates, { bench, configOf: again });
  return { dir, manifest, bench, trials: [...reference, ...trials] };
}

/** Trials store no streams but the equity of one history, and write to no outputs. The episodes of one history are all alike. */
function trialConfig(config: Config, isOne: boolean): Config {
  const quiet = { ...config, outputs: {}, record: { episodes: isOne ? 1 : 0, every: 1 } };
  return isOne ? { ...quiet, episodes: 1 } : quiet;
}

async function admitBenchmark(bench: TrialBench, config: Config): Promise<AdmittedTrial> {
  const [answer] = await bench.admit([config], 0);
  if (answer instanceof ConfigError) throw answer;
  return answer!;
}

function checkParameters(parameters: readonly Parameter[]): void {
  if (parameters.length === 0) {
    throw new SweepError('a sweep needs a parameter: --param strategy.fast=5..20, and more of them');
  }
  for (const [k, { path, label }] of parameters.entries()) {
    if (SHARED.includes(String(path[0]))) {
      const rule = `all trials run on the same paths, with the same ${SHARED.slice(0, 4).join(', ')} and so on`;
      const wayOut =
        'sweep what strategy, portfolio, execution, components or rewards say; --set changes the rest for all trials';
      throw new SweepError(`${label}: ${rule}; ${wayOut}`);
    }
    const twice = parameters.slice(0, k).find((other) => startsWith(other.path, path) || startsWith(path, other.path));
    if (twice !== undefined) throw new SweepError(`${label}: ${twice.label} is there already; join their values`);
  }
}

/** Trials are compared episode by episode, column by column. */
function checkAlike(first: AdmittedTrial, { trials }: Candidates, parameters: readonly Parameter[]): void {
  const labels = parameters.map(({ label }) => label).join(', ');
  for (const { marketKey, layout } of trials) {
    if (marketKey !== first.marketKey) {
      throw new SweepError(
        `${labels}: changes the price paths, which all trials must share; leave markets and their draws as they are`,
      );
    }
    if (layout.fields.join() !== first.layout.fields.join()) {
      const wayOut = 'sweep values of rewards and draws, not which of them there are';
      throw new SweepError(`${labels}: changes the columns of the episodes, which all trials must share; ${wayOut}`);
    }
  }
}

function checkMetric(metric: string, { layout }: AdmittedTrial): void {
  if (layout.fields.includes(metric)) return;
  throw new SweepError(`--metric ${metric}: must be a column of the episodes; ${hintFor(metric, layout.fields)}`);
}
