import { pathToFileURL } from 'node:url';
import {
  type ComponentDefinition,
  ConfigError,
  type Issue,
  preview,
  type RewardDefinition,
  Simulation,
  type StrategyDefinition,
} from '@ergodic/core';
import type { BundledPart, RunSpec } from './task.ts';

/** Loads the run's bundles and builds its simulation. Throws ConfigError where a bundle exports no definition. */
export async function createSimulation(run: Pick<RunSpec, 'config' | 'bundles' | 'candles'>): Promise<Simulation> {
  const load = async <T>(role: BundledPart['role']): Promise<Record<string, T>> => {
    const found: Record<string, T> = {};
    for (const bundle of run.bundles) {
      if (bundle.role === role) found[bundle.use] = (await importDefinition(bundle)) as T;
    }
    return found;
  };
  return new Simulation(run.config, {
    candles: run.candles,
    strategies: await load<StrategyDefinition>('strategy'),
    components: await load<ComponentDefinition>('component'),
    rewards: await load<RewardDefinition>('reward'),
  });
}

async function importDefinition(bundle: BundledPart): Promise<unknown> {
  const path = bundle.role === 'strategy' ? ['strategy', 'use'] : [`${bundle.role}s`, bundle.use];
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
