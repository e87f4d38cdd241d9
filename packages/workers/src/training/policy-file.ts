import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import {
  type AgentDefinition,
  type Config,
  ConfigError,
  type PolicyDocument,
  parsePolicy,
  policyMismatch,
  policyStrategy,
  type Simulation,
  type StrategyDefinition,
} from '@ergodic/core';
import { messageOf } from '../errors.ts';
import { type Bundle, sha256 } from '../inputs.ts';
import { writeFileAtomic } from '../store/files.ts';
import type { Manifest } from '../store/manifest.ts';
import type { BundledPart } from '../task.ts';
import type { Weights } from './weights.ts';

export const POLICY_FILE = 'policy.json';

/** The files that `strategy: { use: policy, file: x.json }` needs: the policy, and the code of its agent. Throws ConfigError. */
export function policyBundles({ strategy }: Config): Bundle[] {
  if (strategy.use !== 'policy') return [];
  const { file } = strategy;
  if (typeof file !== 'string') {
    const hint = `for example file: runs/first/${POLICY_FILE}`;
    throw new ConfigError([
      { path: ['strategy', 'file'], rule: 'must name the file of a policy', received: file, hint },
    ]);
  }
  if (extname(file) !== '.json') return [];
  const text = readText(file);
  const { agent, module } = readPolicy(text, file);
  const bundles: Bundle[] = [{ role: 'trained-agent', use: file, path: file, text, sha256: sha256(text) }];
  if (module !== undefined) {
    const path = resolve(dirname(file), module.file);
    const code = readText(path);
    const found = sha256(code);
    if (found !== module.sha256) {
      const rule = `${path} must be the agent's code as it was in training (sha256 ${module.sha256})`;
      throw new ConfigError([{ path: ['strategy', 'file'], rule, received: found }]);
    }
    bundles.push({ role: 'agent', use: agent.use, path, text: code, sha256: found });
  }
  return bundles;
}

/** The strategies that are made of the policies among a run's bundles, by name. */
export function loadPolicies(
  bundles: readonly BundledPart[],
  agents: Readonly<Record<string, AgentDefinition>>,
): Record<string, StrategyDefinition> {
  const policy = policyOf(bundles);
  return policy === null ? {} : { policy: policyStrategy(policy, agents) };
}

/** Throws ConfigError where a policy was trained with other observations or actions than those of the simulation. */
export function checkPolicies(bundles: readonly BundledPart[], { agent }: Simulation): void {
  const policy = policyOf(bundles);
  if (policy === null) return;
  const seen = agent === null ? null : { observationLabels: agent.observer.labels, actionSpace: agent.actions.space };
  const issue = policyMismatch(policy, seen);
  if (issue !== undefined) throw new ConfigError([issue]);
}

function policyOf(bundles: readonly BundledPart[]): PolicyDocument | null {
  const bundle = bundles.find(({ role }) => role === 'trained-agent');
  return bundle === undefined ? null : readPolicy(readText(bundle.path), bundle.use);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([
      { path: ['strategy', 'file'], rule: `must be a readable file (${messageOf(error)})`, received: path },
    ]);
  }
}

function readPolicy(text: string, path: string): PolicyDocument {
  try {
    return parsePolicy(JSON.parse(text));
  } catch (error) {
    const why = messageOf(error).split('\n')[0];
    const hint = `ergodic train writes one as ${POLICY_FILE}`;
    throw new ConfigError([{ path: ['strategy', 'file'], rule: `must be a policy (${why})`, received: path, hint }]);
  }
}

/** Writes `policy.json` of a training run; returns its path. */
export function writePolicy(dir: string, manifest: Manifest, { version, values }: Weights): string {
  const { config, layout, inputs, id, seed } = manifest;
  const { agent, iterations, episodes } = config.training!;
  const { parameters, observationLabels, actionSpace } = layout.agent!;
  const input = inputs.find(({ role }) => role === 'agent');
  const policy: PolicyDocument = {
    schema: 1,
    agent: { use: agent.use, ...parameters },
    ...(input === undefined ? {} : { module: { file: input.bundle!, sha256: input.sha256 } }),
    observationLabels,
    actionSpace,
    weights: Array.from(values),
    version,
    iterations,
    trained: { run: id, seed, episodes: iterations * episodes },
  };
  const path = join(dir, POLICY_FILE);
  writeFileAtomic(path, `${JSON.stringify(policy, null, 2)}\n`);
  return path;
}

/** What a person calls an agent. */
export function agentName(use: string): string {
  return basename(use, extname(use));
}
