import { pathToFileURL } from 'node:url';
import {
  type AgentDefinition,
  type ComponentDefinition,
  ConfigError,
  type FeatureDefinition,
  type Issue,
  preview,
  type RewardDefinition,
  Simulation,
  type SimulationParts,
  type StrategyDefinition,
} from '@ergodic/core';
import { onnxStrategy } from './policies/settings.ts';
import type { BundledPart, RunSpec } from './task.ts';
import { checkPolicies, loadPolicies } from './training/policy-file.ts';

/** What a simulation is built from. */
export type SimulationSpec = Pick<RunSpec, 'config' | 'bundles' | 'candles' | 'policy'>;

/**
 * Loads the run's bundles and builds its simulation; one that halts at each decision where an ONNX file takes them. Throws
 * ConfigError where a bundle exports no definition.
 */
export async function createSimulation(run: SimulationSpec): Promise<Simulation> {
  const parts = await loadParts(run);
  const simulation = new Simulation(run.config, run.policy === undefined ? parts : { ...parts, external: true });
  checkPolicies(run.bundles, simulation);
  return simulation;
}

/** What bundles and candles give a simulation or an environment. Throws ConfigError where a bundle exports no definition. */
export async function loadParts(run: Pick<RunSpec, 'bundles' | 'candles'>): Promise<SimulationParts> {
  const load = async <T>(role: BundledPart['role']): Promise<Record<string, T>> => {
    const found: Record<string, T> = {};
    for (const bundle of run.bundles) {
      if (bundle.role === role) found[bundle.use] = (await importDefinition(bundle)) as T;
    }
    return found;
  };
  const agents = await load<AgentDefinition>('agent');
  return {
    candles: run.candles,
    strategies: {
      policy: onnxStrategy,
      ...(await load<StrategyDefinition>('strategy')),
      ...loadPolicies(run.bundles, agents),
    },
    components: await load<ComponentDefinition>('component'),
    rewards: await load<RewardDefinition>('reward'),
    features: await load<FeatureDefinition>('feature'),
    agents,
  };
}

async function importDefinition(bundle: BundledPart): Promise<unknown> {
  const path = placeOf(bundle);
  let definition: unknown;
  try {
    definition = ((await import(pathToFileURL(bundle.path).href)) as { default?: unknown }).default;
  } catch (error) {
    const rule = `the file must load without an error, it threw ${error instanceof Error ? error.message : preview(error)}`;
    throw new ConfigError([{ path, rule, received: bundle.use }]);
  }
  const issue = definitionIssue(definition, path);
  if (issue !== undefined) throw new ConfigError([issue]);
  return definition;
}

function placeOf({ role, use }: BundledPart): string[] {
  if (role === 'strategy') return ['strategy', 'use'];
  if (role === 'agent') return ['training', 'agent', 'use'];
  return role === 'feature' ? ['environment', 'observations', use] : [`${role}s`, use];
}

function definitionIssue(definition: unknown, path: readonly string[]): Issue | undefined {
  const hint =
    'export default { name, parameters: {}, create(parameters, setup) { return { onMarket(market, context) {} } } }';
  if (typeof definition !== 'object' || definition === null) {
    return {
      path,
      rule: 'the file must export a definition as its default',
      received: definition ?? 'no default export',
      hint,
    };
  }
  const { name, parameters, create } = definition as Partial<StrategyDefinition>;
  if (typeof create !== 'function')
    return { path, rule: 'the definition needs a function create', received: create, hint };
  if (typeof name !== 'string' || name === '')
    return { path, rule: 'the definition needs a name', received: name, hint };
  if (typeof parameters !== 'object' || parameters === null) {
    return { path, rule: 'the definition needs parameters, a mapping (may be empty)', received: parameters, hint };
  }
  return undefined;
}
