import type { RandomStream } from '../random/stream.ts';
import {
  type Agent,
  type AgentDefinition,
  type AgentSetup,
  annealed,
  choicesOf,
  defineAgent,
  type IntervalEnd,
  type Play,
} from './agent.ts';
import { BASES, type Basis, type BasisName, createBasis, dot, StepScale } from './basis.ts';

interface QLearningParameters {
  readonly basis: string;
  readonly stepSize: number;
  readonly finalStepSize: number;
  readonly discount: number;
  readonly lambda: number;
  readonly epsilon: number;
  readonly finalEpsilon: number;
}

/**
 * Watkins's Q(λ) with values that are linear in features: Q(o, a) = w_a · x(o).
 *
 *     δ = r + γ max_b Q(o', b) − Q(o, a)
 *     z ← γ λ z + ∇Q(o, a), but z ← ∇Q(o, a) after an action that was not the best known
 *     w ← w + α δ z
 *
 * λ = 0 is Q-learning (Watkins 1989, "Learning from Delayed Rewards"; Sutton and Barto 2018, 6.5, 9.3 and 12.10). Actions are
 * ε-greedy. An action of several numbers has the sum of its numbers' values, one table of weights each (value decomposition,
 * Sunehag et al. 2018), so that each is chosen on its own.
 */
class QLearning implements Agent {
  readonly size: number;
  private readonly parameters: QLearningParameters;
  private readonly iterations: number;
  private readonly choices: readonly number[];
  private readonly basis: Basis;
  private readonly scale = new StepScale();
  private readonly features: Float64Array;
  private readonly traces: Float64Array;
  /** For each number of the action: where the weights of its first value start. */
  private readonly starts: readonly number[];
  /** For each number of the action: where the weights of the chosen value start. */
  private readonly chosen: Int32Array;
  private weights: Float64Array = new Float64Array(0);
  private epsilon = 0;
  private stepSize = 0;
  private isExploratory = false;

  constructor(parameters: QLearningParameters, { observationLabels, actionSpace, iterations }: AgentSetup) {
    this.parameters = parameters;
    this.iterations = iterations;
    this.choices = choicesOf(actionSpace, 'q-learning');
    this.basis = createBasis(parameters.basis as BasisName, observationLabels.length);
    const starts: number[] = [];
    let size = 0;
    for (const count of this.choices) {
      starts.push(size);
      size += count * this.basis.size;
    }
    this.starts = starts;
    this.size = size;
    this.features = new Float64Array(this.basis.size);
    this.traces = new Float64Array(size);
    this.chosen = new Int32Array(this.choices.length);
  }

  begin(weights: Float64Array, { iteration, isExploring }: Play): void {
    this.weights = weights;
    this.epsilon = isExploring ? this.epsilonAt(iteration) : 0;
    this.stepSize = this.stepSizeAt(iteration);
    this.scale.begin();
    this.traces.fill(0);
  }

  act(observation: Float32Array, random: RandomStream, action: Float64Array): void {
    const { choices, starts, chosen, basis, features, weights, epsilon } = this;
    basis.write(observation, features);
    this.isExploratory = false;
    for (let c = 0; c < choices.length; c++) {
      const count = choices[c]!;
      const start = starts[c]!;
      let choice = 0;
      let best = Number.NEGATIVE_INFINITY;
      let ties = 0;
      for (let a = 0; a < count; a++) {
        const value = dot(features, weights, start + a * basis.size);
        if (value > best) {
          best = value;
          choice = a;
          ties = 1;
        } else if (value === best && epsilon > 0 && random.integer(++ties) === 0) choice = a;
      }
      if (epsilon > 0 && random.nextDouble() < epsilon) {
        const tried = random.integer(count);
        this.isExploratory ||= dot(features, weights, start + tried * basis.size) < best;
        choice = tried;
      }
      chosen[c] = start + choice * basis.size;
      action[c] = choice;
    }
  }

  learn(reward: number, observation: Float32Array, end: IntervalEnd): void {
    const { discount, lambda } = this.parameters;
    const { chosen, basis, features, traces, weights } = this;
    let error = reward;
    const decay = this.isExploratory ? 0 : discount * lambda;
    if (decay === 0) traces.fill(0);
    else for (let i = 0; i < traces.length; i++) traces[i]! *= decay;
    for (let c = 0; c < chosen.length; c++) {
      const start = chosen[c]!;
      error -= dot(features, weights, start);
      for (let i = 0; i < features.length; i++) traces[start + i]! += features[i]!;
    }
    const step = this.stepSize * (this.scale.next(features) / chosen.length);
    if (end !== 'terminated') {
      basis.write(observation, features);
      error += discount * this.bestValue();
    }
    const change = step * error;
    for (let i = 0; i < traces.length; i++) weights[i]! += change * traces[i]!;
  }

  figures(iteration: number): Readonly<Record<string, number>> {
    return { epsilon: this.epsilonAt(iteration), stepSize: this.stepSizeAt(iteration) };
  }

  /** The largest value of any action at the features that are written. */
  private bestValue(): number {
    const { choices, starts, basis, features, weights } = this;
    let sum = 0;
    for (let c = 0; c < choices.length; c++) {
      let best = Number.NEGATIVE_INFINITY;
      for (let a = 0; a < choices[c]!; a++) {
        best = Math.max(best, dot(features, weights, starts[c]! + a * basis.size));
      }
      sum += best;
    }
    return sum;
  }

  private epsilonAt(iteration: number): number {
    const { epsilon, finalEpsilon } = this.parameters;
    return annealed(epsilon, finalEpsilon, iteration, this.iterations);
  }

  private stepSizeAt(iteration: number): number {
    const { stepSize, finalStepSize } = this.parameters;
    return annealed(stepSize, finalStepSize, iteration, this.iterations);
  }
}

/** Q-learning with linear values, ε-greedy, with eligibility traces where `lambda` is above 0. */
export const qLearning: AgentDefinition = defineAgent({
  name: 'q-learning',
  description: 'Learns the value of each action, linear in features of the observation, and takes the best one.',
  parameters: {
    basis: { type: 'string', enum: BASES, default: 'quadratic', description: 'Features: linear, or with products.' },
    stepSize: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'Part of the error that one step corrects, in the first iteration.',
    },
    finalStepSize: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.005,
      description: 'The same in the last iteration.',
    },
    discount: { type: 'number', minimum: 0, maximum: 1, default: 0.9, description: 'Of the value one step later.' },
    lambda: { type: 'number', minimum: 0, maximum: 1, default: 0.8, description: 'Decay of eligibility traces.' },
    epsilon: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 1,
      description: 'Probability of a random action in the first iteration.',
    },
    finalEpsilon: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'The same in the last iteration.',
    },
  },
  create: (parameters, setup) => new QLearning(parameters, setup),
}) as AgentDefinition;
