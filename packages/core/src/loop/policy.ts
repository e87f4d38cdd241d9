import { z } from 'zod';
import { describeSpace, type Space, sizeOf } from '../action/index.ts';
import type { Agent, AgentActionSpace, AgentDefinition } from '../agent/index.ts';
import { ConfigError, type Issue } from '../config/errors.ts';
import { parseWith } from '../config/parse.ts';
import { defineStrategy, type Strategy, type StrategyContext, type StrategyDefinition } from '../strategy/strategy.ts';
import { chooseAgent, createAgent } from './agent-player.ts';

const space = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('discrete'), n: z.int().min(1) }),
  z.strictObject({ type: z.literal('multi-discrete'), nvec: z.array(z.int().min(1)).min(1) }),
  z.strictObject({
    type: z.literal('box'),
    shape: z.array(z.int().min(0)),
    low: z.array(z.number()),
    high: z.array(z.number()),
  }),
]);

const document = z.strictObject({
  schema: z.literal(1),
  agent: z.looseObject({ use: z.string().min(1) }).describe('The agent and all its parameters.'),
  module: z.strictObject({ file: z.string().min(1), sha256: z.string() }).optional(),
  observationLabels: z.array(z.string()).min(1),
  actionSpace: space,
  weights: z.array(z.number()),
  version: z.int().min(0).describe('Updates that the weights have had.'),
  iterations: z.int().min(1).describe('Those of the whole training: schedules run over them.'),
  trained: z.looseObject({ run: z.string(), seed: z.string(), episodes: z.int().min(0) }),
});

/** A trained agent, as `policy.json` holds it. */
export interface PolicyDocument {
  readonly schema: 1;
  readonly agent: { readonly use: string } & Readonly<Record<string, unknown>>;
  /** The code of an agent that is no built-in: a file beside the document. */
  readonly module?: { readonly file: string; readonly sha256: string } | undefined;
  readonly observationLabels: readonly string[];
  readonly actionSpace: AgentActionSpace;
  readonly weights: readonly number[];
  /** Updates that the weights have had. */
  readonly version: number;
  readonly iterations: number;
  /** Where it comes from. */
  readonly trained: { readonly run: string; readonly seed: string; readonly episodes: number } & Readonly<
    Record<string, unknown>
  >;
}

/** Any parsed document → a policy. Throws ConfigError with every rule that is broken. */
export function parsePolicy(input: unknown): PolicyDocument {
  return parseWith(document as z.ZodType<PolicyDocument>, input, []);
}

/** What is wrong where a config's observations and actions are not those of a policy; the issue is for `strategy.file`. */
export function policyMismatch(
  { observationLabels, actionSpace }: Pick<PolicyDocument, 'observationLabels' | 'actionSpace'>,
  seen: { readonly observationLabels: readonly string[]; readonly actionSpace: Space } | null,
): Issue | undefined {
  const path = ['strategy', 'file'];
  if (seen === null) {
    const hint = 'copy the section environment of the config that it was trained with';
    return { path, rule: 'a policy needs environment in the config', hint };
  }
  const labels = seen.observationLabels;
  const length = Math.max(labels.length, observationLabels.length);
  for (let i = 0; i < length; i++) {
    if (labels[i] === observationLabels[i]) continue;
    const [wanted, got] = [observationLabels[i] ?? 'nothing', labels[i] ?? 'nothing'];
    const rule = `number ${i} of the observation must be ${wanted}, as in the training of the policy, the config has ${got}`;
    return { path, rule, hint: 'set environment.observations as they were' };
  }
  const [wanted, got] = [describeSpace(actionSpace as Space), describeSpace(seen.actionSpace)];
  if (wanted === got) return undefined;
  const rule = `actions must be ${wanted}, as in the training of the policy, the config has ${got}`;
  return { path, rule, hint: 'set environment.actions and portfolio as they were' };
}

/**
 * The strategy `policy` of a trained agent: `{ use: policy, file: runs/first/policy.json }`. It plays the best action that it
 * knows, with `deterministic: false` as in the last iteration of its training. It learns no more.
 *
 * @throws ConfigError where document and agent do not go together
 */
export function policyStrategy(
  policy: PolicyDocument,
  agents: Readonly<Record<string, AgentDefinition>> = {},
): StrategyDefinition {
  const path = ['strategy', 'file'];
  const chosen = chooseAgent(policy.agent, agents, path);
  const { observationLabels, actionSpace, iterations } = policy;
  const create = (): Agent => createAgent(chosen, { observationLabels, actionSpace, iterations }, path);
  const { size } = create();
  if (size !== policy.weights.length) {
    const rule = `must hold the ${size} weights of its agent`;
    throw new ConfigError([{ path, rule, received: policy.weights.length }]);
  }
  const weights = Float64Array.from(policy.weights);
  return defineStrategy({
    name: 'policy',
    description: 'Plays a trained agent.',
    parameters: {
      file: { type: 'string', description: 'The policy.json of a training run.' },
      deterministic: { type: 'boolean', default: true, description: 'Take the best known action, try nothing out.' },
    },
    create: ({ deterministic }) => {
      const agent = create();
      agent.begin(weights.slice(), { iteration: iterations - 1, isExploring: !deterministic });
      return new PolicyStrategy(agent, sizeOf(actionSpace as Space));
    },
  }) as StrategyDefinition;
}

class PolicyStrategy implements Strategy {
  private readonly agent: Agent;
  private readonly action: Float64Array;

  constructor(agent: Agent, actionSize: number) {
    this.agent = agent;
    this.action = new Float64Array(actionSize);
  }

  onObservation(observation: Float32Array, context: StrategyContext): void {
    this.agent.act(observation, context.random, this.action);
    context.act(this.action);
  }
}
