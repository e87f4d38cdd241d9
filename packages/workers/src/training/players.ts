import {
  type AgentActionSpace,
  AgentPlayer,
  type AgentSetup,
  ConfigError,
  chooseAgent,
  createAgent,
  RandomStream,
  rootKey,
  Simulation,
  substreamKey,
} from '@ergodic/core';
import { loadParts } from '../simulation.ts';
import type { RunSpec } from '../task.ts';

/** The agent of a training run, and the random one that it is held against, on one simulation. */
export interface Players {
  readonly simulation: Simulation;
  readonly trained: AgentPlayer;
  readonly random: AgentPlayer;
  /** Everything that the agent is made from: all its parameters, and the setup. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly setup: AgentSetup;
}

/** What agent and policy are made from. */
export interface AgentLayout {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly observationLabels: readonly string[];
  readonly actionSpace: AgentActionSpace;
  /** How many. */
  readonly weights: number;
}

/** Loads the bundles of a training run and builds its simulation and its agents. Throws ConfigError. */
export async function createPlayers(run: Pick<RunSpec, 'config' | 'bundles' | 'candles'>): Promise<Players> {
  const { training, environment } = run.config;
  const parts = await loadParts(run);
  const simulation = new Simulation(run.config, { ...parts, external: true });
  const { agent: port, steps } = simulation;
  if (port === null || steps <= environment!.warmup) {
    const rule = `must be more than environment.warmup (${environment?.warmup}): an episode needs a decision`;
    throw new ConfigError([{ path: ['steps'], rule, received: steps }]);
  }
  const { iterations } = training!;
  const setup: AgentSetup = { observationLabels: port.observer.labels, actionSpace: port.actions.space, iterations };
  const chosen = chooseAgent(training!.agent, parts.agents);
  const trained = new AgentPlayer(simulation, createAgent(chosen, setup));
  const random = new AgentPlayer(simulation, createAgent(chooseAgent({ use: 'random' }), setup));
  return { simulation, trained, random, parameters: chosen.parameters, setup };
}

/** The weights that training starts from: the agent's own, drawn from a stream of the seed, or zeros. */
export function initialWeights({ trained }: Players, seed: string): Float64Array {
  const weights = new Float64Array(trained.agent.size);
  trained.agent.initialize?.(weights, new RandomStream(substreamKey(rootKey(seed), 0, 'training/agent')));
  const at = weights.findIndex((weight) => !Number.isFinite(weight));
  if (at < 0) return weights;
  const rule = `its initial weights must be finite, weight ${at} is ${weights[at]}`;
  throw new ConfigError([{ path: ['training', 'agent', 'use'], rule }]);
}

/** What agent and policy are made from, as a manifest keeps it. */
export function agentLayout({ trained, parameters, setup }: Players): AgentLayout {
  const { observationLabels, actionSpace } = setup;
  const isBox = actionSpace.type === 'box';
  const bounds = isBox ? { low: Array.from(actionSpace.low), high: Array.from(actionSpace.high) } : {};
  return { parameters, observationLabels, actionSpace: { ...actionSpace, ...bounds }, weights: trained.agent.size };
}
