import { readFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import {
  type Config,
  ConfigError,
  hintFor,
  type Issue,
  parsePath,
  type Simulation,
  type StrategyDefinition,
} from '@ergodic/core';
import { messageOf } from '../errors.ts';
import { sha256 } from '../inputs.ts';
import { PolicyError } from './errors.ts';
import { type PolicyBatch, type PolicyFit, PolicyModel } from './model.ts';
import { findRuntime, loadRuntime, type RuntimeLocation } from './runtime.ts';
import { tryModel } from './trial.ts';

const KEYS = ['file', 'deterministic'];

/** What a worker needs to run a policy. */
export interface PolicySpec {
  /** Absolute path of the model, within the run directory. */
  readonly model: string;
  /** Absolute path of onnxruntime-node; null where nothing has to run, and it was not found. */
  readonly runtime: string | null;
  readonly deterministic: boolean;
  /** Rows of a batch: part of what a result follows from. */
  readonly rows: number;
}

/** `strategy: { use: policy, … }` of a config. */
export interface OnnxSettings {
  readonly file: string;
  readonly deterministic: boolean;
}

/** A policy's model, as a new run takes it over. */
export interface PolicyFile extends OnnxSettings {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly runtime: RuntimeLocation;
}

/** Lets `use: policy` be known by name; the episodes themselves run in lockstep, see Lockstep. */
export const onnxStrategy: StrategyDefinition = {
  name: 'policy',
  description: 'Decides by an ONNX file, on the observations and actions of environment.',
  parameters: {
    file: { type: 'string', description: 'The ONNX file, relative to the config.' },
    deterministic: {
      type: 'boolean',
      default: true,
      description: 'true: the most likely action. false: one that is drawn.',
    },
  },
  create() {
    throw new Error('a policy runs in batches: use ergodic run, runEnsemble, or OnnxPolicy');
  },
};

/**
 * The ONNX policy that a config asks for; undefined where its strategy is another, or a policy of `ergodic train` (.json). Throws
 * ConfigError.
 */
export function onnxSettings(config: Config): OnnxSettings | undefined {
  const { use, ...given } = config.strategy;
  if (use !== 'policy') return undefined;
  const { file, deterministic = true } = given;
  if (typeof file === 'string' && extname(file).toLowerCase() === '.json') return undefined;
  const issues: Issue[] = [];
  for (const [key, received] of Object.entries(given)) {
    if (KEYS.includes(key)) continue;
    issues.push({ path: ['strategy', key], rule: 'is not a known key', received, hint: hintFor(key, KEYS) });
  }
  if (typeof file !== 'string' || file === '') {
    const hint = 'for example file: ./policy.onnx';
    issues.push({ path: ['strategy', 'file'], rule: 'must name an ONNX file', received: file, hint });
  }
  if (typeof deterministic !== 'boolean') {
    issues.push({ path: ['strategy', 'deterministic'], rule: 'must be true or false', received: deterministic });
  }
  if (config.environment === undefined) {
    const rule = 'is required where strategy.use is policy: it says what the policy sees and does';
    const hint = 'for example environment: { observations: [{ use: returns, count: 8 }] }, as it was trained on';
    issues.push({ path: ['environment'], rule, received: undefined, hint });
  }
  for (const path of Object.keys(config.randomize)) {
    if (parsePath(path)?.[0] !== 'strategy') continue;
    const rule = 'must not draw from the strategy where it is a policy: its parameters are the same for all episodes';
    issues.push({ path: ['randomize', path], rule, hint: 'leave it out' });
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return { file: file as string, deterministic: deterministic as boolean };
}

/** Reads the policy's file and finds what runs it. Throws ConfigError, RunError ONNXRUNTIME_MISSING. */
export function readPolicy(config: Config): PolicyFile | undefined {
  const settings = onnxSettings(config);
  if (settings === undefined) return undefined;
  const { file } = settings;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const rule = `must be an ONNX file that can be read (${messageOf(error)})`;
    throw new ConfigError([{ path: ['strategy', 'file'], rule, received: file }]);
  }
  return { ...settings, bytes, sha256: sha256(bytes), runtime: findRuntime(dirname(file)) };
}

/** File name of a model within the run directory. */
export function modelName({ file, sha256: hash }: Pick<PolicyFile, 'file' | 'sha256'>): string {
  return `inputs/model-${basename(file, extname(file))}-${hash.slice(0, 12)}.onnx`;
}

function fitOf(simulation: Simulation, deterministic: boolean): PolicyFit {
  const { observer, actions } = simulation.agent!;
  return { observationSize: observer.size, actionSpace: actions.space, deterministic };
}

async function openModel({ model, runtime, rows }: PolicySpec): Promise<PolicyModel> {
  return PolicyModel.open(readFileSync(model), model, loadRuntime(runtime ?? findRuntime(dirname(model)).path), rows);
}

/** Opens a run's policy, for simulations like this one. */
export async function openPolicy(spec: PolicySpec, simulation: Simulation): Promise<PolicyBatch> {
  return (await openModel(spec)).batch(fitOf(simulation, spec.deterministic));
}

/** Holds a run's policy against its environment. Throws ConfigError. */
export async function checkOnnxPolicy(spec: PolicySpec, simulation: Simulation): Promise<void> {
  const { config, steps } = simulation;
  const { warmup } = config.environment!;
  if (steps <= warmup) {
    const rule = `must be more than environment.warmup (${warmup}): an episode needs a decision`;
    throw new ConfigError([{ path: ['steps'], rule, received: steps }]);
  }
  let model: PolicyModel | undefined;
  try {
    model = await openModel(spec);
    await tryModel(model, fitOf(simulation, spec.deterministic));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const file = basename(String(config.strategy.file));
    const path = ['strategy', 'file'];
    throw new ConfigError(error.issues.map((issue) => ({ path, ...issue, rule: `${file}: ${issue.rule}` })));
  } finally {
    await model?.release();
  }
}
