import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Config, marketNotices } from '@ergodic/core';
import { checkFigure } from '@ergodic/statistics';
import { batchSize } from './batches.ts';
import { candleNotices } from './candles/notices.ts';
import { RunError } from './errors.ts';
import { fanSteps } from './fan.ts';
import { type Bundle, bundleName, bundleParts, type LoadedCandles, loadCandles, sha256 } from './inputs.ts';
import { marketKey } from './market-key.ts';
import { checkNewOutputs, pointsSpec } from './outputs/plan.ts';
import { POLICY_ROWS } from './policies/model.ts';
import { findRuntime } from './policies/runtime.ts';
import {
  modelName,
  type OnnxSettings,
  onnxSettings,
  type PolicyFile,
  type PolicySpec,
  readPolicy,
} from './policies/settings.ts';
import { probeSimulation } from './probe.ts';
import { isEmptyOrMissing, syncPath } from './store/files.ts';
import { type InputFile, type Manifest, readManifest, writeManifest } from './store/manifest.ts';
import type { BundledPart, RunSpec } from './task.ts';
import { policyBundles } from './training/policy-file.ts';
import { trainingBatchSize } from './training/trainer.ts';
import { WeightStore } from './training/weights.ts';
import { newState } from './until/check.ts';
import { checkSpread, parseUntil, type UntilRule } from './until/rule.ts';

/** `20261122-121533-4f2a`: sorts by time. */
export function newRunId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}

export type RunNames = Pick<Manifest, 'id' | 'streamId'>;

/** The names of a run in a directory; one that the user named may have namesakes. */
export function namesOf(dir: string | undefined): RunNames {
  const unique = newRunId();
  const id = dir?.split(/[\\/]/).filter(Boolean).at(-1);
  if (id === undefined) return { id: unique, streamId: unique };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no tag may have them
  return { id, streamId: `${id.replace(/[\u0000-\u001f\u007f]/g, '_')}-${unique}` };
}

/** A run directory with everything loaded that its workers need. */
export interface OpenRun {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly spec: Omit<RunSpec, 'progress'>;
  /** Remarks on the input files, one line each. */
  readonly notices: readonly string[];
}

/**
 * Checks config and files, and writes a new run directory: manifest, bundles. Nothing is written where something is wrong.
 * Throws ConfigError, CandleError or RunError.
 */
export async function createRun(
  config: Config,
  dir: string,
  { id, streamId }: RunNames,
  until?: string,
): Promise<OpenRun> {
  if (!isEmptyOrMissing(dir)) {
    const wayOut = 'choose another --out, or continue it with ergodic resume';
    throw new RunError('RUN_DIR_NOT_EMPTY', `${dir}: a new run needs an empty or missing directory; ${wayOut}`);
  }
  const rule = until === undefined ? undefined : parseUntil(until);
  if (rule !== undefined) checkSpread(rule, config);
  const candles = loadCandles(config);
  const bundles = [...(await bundleParts(config)), ...policyBundles(config)];
  const policy = readPolicy(config);
  const wasMissing = !existsSync(dir);
  try {
    return await writeRun(config, dir, { id, streamId }, { candles, bundles, policy }, rule);
  } catch (error) {
    for (const path of wasMissing ? [dir] : [join(dir, 'inputs'), join(dir, 'training')]) {
      rmSync(path, { recursive: true, force: true });
    }
    throw error;
  }
}

/** The user's files, as they are when the run is made. */
interface Files {
  readonly candles: readonly LoadedCandles[];
  readonly bundles: readonly Bundle[];
  readonly policy: PolicyFile | undefined;
}

async function writeRun(
  config: Config,
  dir: string,
  { id, streamId }: RunNames,
  files: Files,
  until: UntilRule | undefined,
): Promise<OpenRun> {
  const { candles, bundles, policy } = files;
  mkdirSync(join(dir, 'inputs'), { recursive: true });
  const inputs: InputFile[] = candles.map(({ symbol, path, sha256: hash }) => ({
    role: 'candles',
    name: symbol,
    path,
    sha256: hash,
  }));
  for (const bundle of bundles) {
    const name = bundleName(bundle);
    writeInput(dir, name, bundle.text);
    inputs.push({ role: bundle.role, name: bundle.use, path: bundle.path, sha256: bundle.sha256, bundle: name });
  }
  if (policy !== undefined) {
    const { file, sha256: hash } = policy;
    writeInput(dir, modelName(policy), policy.bytes);
    inputs.push({ role: 'model', name: file, path: file, sha256: hash, bundle: modelName(policy) });
  }
  const spec = {
    config,
    bundles: bundledParts(dir, inputs),
    candles: seriesOf(candles),
    policy: policy === undefined ? undefined : policySpec(dir, inputs, policy, policy.runtime.path, POLICY_ROWS),
  };
  const { layout, weights } = await probeSimulation(spec);
  checkNewOutputs(config.outputs, config.episodes, layout.steps);
  if (until !== undefined) checkFigure(until.figure, layout.fields);
  const points = fanSteps(layout.steps);
  const { training } = config;
  const size = batchSize(layout.steps, layout.symbols.length, config.record, spec.policy?.rows);
  const manifest: Manifest = {
    schema: 1,
    id,
    streamId,
    createdAt: new Date().toISOString(),
    versions: versions(),
    seed: config.seed,
    config,
    inputs,
    marketKey: marketKey(config, candles),
    ...(policy === undefined ? {} : { policy: { rows: POLICY_ROWS, onnxruntime: policy.runtime.version } }),
    ...(training === undefined ? {} : { training: { trainer: 'agent' as const } }),
    layout: {
      ...layout,
      fanSteps: points,
      batchSize: training === undefined ? size : trainingBatchSize(size, layout.steps, training),
    },
    ...(until === undefined ? {} : { until: newState(until, config.episodes) }),
    status: 'running',
    wallSeconds: 0,
  };
  if (weights !== null) new WeightStore(dir, weights.length).write({ iteration: 0, version: 0, values: weights });
  writeManifest(dir, manifest);
  const whole = { ...spec, fanSteps: points, points: pointsSpec(dir, manifest) };
  return { dir, manifest, spec: whole, notices: [...candleNotices(candles), ...marketNotices(config.markets)] };
}

/** Opens an existing run directory. A file that changed since is an error that names it. */
export function openRun(dir: string): OpenRun {
  const manifest = readManifest(dir);
  for (const { bundle, path, sha256: hash } of manifest.inputs) {
    if (bundle === undefined) checkUnchanged(path, hash, 'restore the file that the run was made with');
    else checkUnchanged(join(dir, bundle), hash, 'the run directory was edited; run it anew');
  }
  const candles = loadCandles(manifest.config);
  const { policy, notices } = openedPolicy(dir, manifest);
  return {
    dir,
    manifest,
    spec: {
      config: manifest.config,
      bundles: bundledParts(dir, manifest.inputs),
      candles: seriesOf(candles),
      policy,
      fanSteps: manifest.layout.fanSteps,
      points: pointsSpec(dir, manifest),
    },
    notices,
  };
}

/** The ONNX policy of an existing run, with what is to be said of it. */
function openedPolicy(dir: string, manifest: Manifest): { policy: PolicySpec | undefined; notices: string[] } {
  const settings = onnxSettings(manifest.config);
  if (settings === undefined || manifest.policy === undefined) return { policy: undefined, notices: [] };
  const { rows, onnxruntime } = manifest.policy;
  const spec = (runtime: string | null): PolicySpec => policySpec(dir, manifest.inputs, settings, runtime, rows);
  try {
    const { path, version } = findRuntime(dirname(settings.file));
    const changed = `the run was made with onnxruntime-node ${onnxruntime}, this is ${version}: last digits may differ`;
    return { policy: spec(path), notices: version === onnxruntime ? [] : [changed] };
  } catch (error) {
    // A completed run can still tell its summary; whatever runs an episode of it asks again.
    if (manifest.status !== 'completed') throw error;
    return { policy: spec(null), notices: [] };
  }
}

export function policySpec(
  dir: string,
  inputs: readonly InputFile[],
  { deterministic }: OnnxSettings,
  runtime: string | null,
  rows: number,
): PolicySpec {
  const { bundle } = inputs.find(({ role }) => role === 'model')!;
  return { model: join(dir, bundle!), runtime, deterministic, rows };
}

/** Writes a file of a new run; when this returns it survives a power cut. */
export function writeInput(dir: string, name: string, content: string | Uint8Array): void {
  writeFileSync(join(dir, name), content);
  syncPath(join(dir, name));
}

export function checkUnchanged(path: string, expected: string, wayOut: string): void {
  const found = existsSync(path) ? sha256(readFileSync(path)) : 'no such file';
  if (found === expected) return;
  throw new RunError(
    'INPUT_CHANGED',
    `${path}: must be as it was when the run was made (sha256 ${expected}), got ${found}; ${wayOut}`,
  );
}

export function bundledParts(dir: string, inputs: readonly InputFile[]): BundledPart[] {
  return inputs.flatMap(({ role, name, bundle }) =>
    bundle === undefined || role === 'candles' || role === 'model'
      ? []
      : [{ role, use: name, path: join(dir, bundle) }],
  );
}

export function seriesOf(candles: readonly LoadedCandles[]): RunSpec['candles'] {
  return Object.fromEntries(candles.map(({ symbol, series }) => [symbol, series]));
}

export function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const { version } = require('../package.json') as { version: string };
  return { ergodic: version, node: process.versions.node, v8: process.versions.v8 };
}
