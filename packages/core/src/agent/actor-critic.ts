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
import { entropyOf, entropySlope, scoreOf, softmax } from './softmax.ts';

interface ActorCriticParameters {
  readonly basis: string;
  readonly actorStepSize: number;
  readonly criticStepSize: number;
  readonly finalStepSize: number;
  readonly discount: number;
  readonly lambda: number;
  readonly entropy: number;
}

/**
 * An actor with preferences and a critic with values that are linear in features of the observation: π(a | o) = softmax of
 * θ_a · x(o), v(o) = w · x(o), both with eligibility traces.
 *
 *     δ = r + γ v(o') − v(o)
 *     z_w ← γ λ z_w + x(o)                w ← w + α_w δ z_w
 *     z_θ ← γ λ z_θ + ∇ ln π(a | o)       θ ← θ + α_θ (δ ÷ s · z_θ + β ∇ H(π(· | o)))
 *
 * This is "Actor–Critic with Eligibility Traces" (Sutton and Barto 2018, 13.5) without the factor γ^t, as is usual, and with
 * an entropy bonus (Williams and Peng 1991, "Function Optimization Using Connectionist Reinforcement Learning Algorithms").
 * s is the root mean square of δ in the episode so far: the actor's steps do not depend on the scale of rewards. An action of
 * several numbers is drawn number by number, its score is the sum of theirs.
 *
 * Weights: those of the actor, value by value of each number of the action, then those of the critic.
 */
class ActorCritic implements Agent {
  readonly size: number;
  private readonly parameters: ActorCriticParameters;
  private readonly iterations: number;
  private readonly choices: readonly number[];
  private readonly basis: Basis;
  private readonly scale = new StepScale();
  private readonly features: Float64Array;
  private readonly nextFeatures: Float64Array;
  private readonly probabilities: Float64Array;
  private readonly chosen: Int32Array;
  private readonly traces: Float64Array;
  /** Where the critic's weights start. */
  private readonly critic: number;
  private weights: Float64Array = new Float64Array(0);
  private isExploring = false;
  private share = 1;
  private errors = 0;
  private meanSquare = 0;

  constructor(parameters: ActorCriticParameters, { observationLabels, actionSpace, iterations }: AgentSetup) {
    this.parameters = parameters;
    this.iterations = iterations;
    this.choices = choicesOf(actionSpace, 'actor-critic');
    this.basis = createBasis(parameters.basis as BasisName, observationLabels.length);
    const values = this.choices.reduce((sum, count) => sum + count, 0);
    this.critic = values * this.basis.size;
    this.size = this.critic + this.basis.size;
    this.features = new Float64Array(this.basis.size);
    this.nextFeatures = new Float64Array(this.basis.size);
    this.probabilities = new Float64Array(values);
    this.chosen = new Int32Array(this.choices.length);
    this.traces = new Float64Array(this.size);
  }

  begin(weights: Float64Array, { iteration, isExploring }: Play): void {
    this.weights = weights;
    this.isExploring = isExploring;
    this.share = this.shareAt(iteration);
    this.scale.begin();
    this.traces.fill(0);
    this.errors = 0;
    this.meanSquare = 0;
  }

  act(observation: Float32Array, random: RandomStream, action: Float64Array): void {
    const { choices, basis, features, probabilities, chosen, weights } = this;
    basis.write(observation, features);
    for (let i = 0; i < probabilities.length; i++) probabilities[i] = dot(features, weights, i * basis.size);
    let from = 0;
    for (let c = 0; c < choices.length; c++) {
      const count = choices[c]!;
      softmax(probabilities, from, count);
      const choice = this.isExploring ? this.draw(from, count, random) : this.mostLikely(from, count);
      chosen[c] = choice;
      action[c] = choice;
      from += count;
    }
  }

  learn(reward: number, observation: Float32Array, end: IntervalEnd): void {
    const { discount, actorStepSize, criticStepSize } = this.parameters;
    const { basis, features, nextFeatures, weights, critic, traces } = this;
    let error = reward - dot(features, weights, critic);
    if (end !== 'terminated') {
      basis.write(observation, nextFeatures);
      error += discount * dot(nextFeatures, weights, critic);
    }
    this.errors++;
    this.meanSquare += (error * error - this.meanSquare) / this.errors;
    const surprise = this.meanSquare > 0 ? error / Math.sqrt(this.meanSquare) : 0;
    const scale = this.share * this.scale.next(features);
    this.trace();
    const criticChange = criticStepSize * scale * error;
    for (let i = critic; i < weights.length; i++) weights[i]! += criticChange * traces[i]!;
    const actorChange = actorStepSize * scale * surprise;
    for (let i = 0; i < critic; i++) weights[i]! += actorChange * traces[i]!;
    this.spread(actorStepSize * scale);
  }

  figures(iteration: number): Readonly<Record<string, number>> {
    const share = this.shareAt(iteration);
    const { actorStepSize, criticStepSize } = this.parameters;
    return { actorStepSize: actorStepSize * share, criticStepSize: criticStepSize * share };
  }

  /** Lets the traces decay and adds the gradients of the step: those of ln π(a | o) and of v(o). */
  private trace(): void {
    const { discount, lambda } = this.parameters;
    const { choices, basis, features, probabilities, chosen, traces, critic } = this;
    const decay = discount * lambda;
    for (let i = 0; i < traces.length; i++) traces[i]! *= decay;
    let value = 0;
    for (let c = 0; c < choices.length; c++) {
      for (let a = 0; a < choices[c]!; a++, value++) {
        const score = scoreOf(probabilities[value]!, a === chosen[c]);
        const at = value * basis.size;
        for (let i = 0; i < features.length; i++) traces[at + i]! += score * features[i]!;
      }
    }
    for (let i = 0; i < features.length; i++) traces[critic + i]! += features[i]!;
  }

  /** Moves the actor towards more entropy. */
  private spread(stepSize: number): void {
    const { entropy: bonus } = this.parameters;
    if (bonus === 0) return;
    const { choices, basis, features, probabilities, weights } = this;
    let value = 0;
    for (const count of choices) {
      const entropy = entropyOf(probabilities, value, count);
      for (const end = value + count; value < end; value++) {
        const change = stepSize * bonus * entropySlope(probabilities[value]!, entropy);
        const at = value * basis.size;
        for (let i = 0; i < features.length; i++) weights[at + i]! += change * features[i]!;
      }
    }
  }

  private draw(from: number, count: number, random: RandomStream): number {
    let left = random.nextDouble();
    for (let a = 0; a < count - 1; a++) {
      left -= this.probabilities[from + a]!;
      if (left < 0) return a;
    }
    return count - 1;
  }

  private mostLikely(from: number, count: number): number {
    let best = 0;
    for (let a = 1; a < count; a++) if (this.probabilities[from + a]! > this.probabilities[from + best]!) best = a;
    return best;
  }

  private shareAt(iteration: number): number {
    return annealed(1, this.parameters.finalStepSize, iteration, this.iterations);
  }
}

/** A softmax policy and its critic, both linear, learning together. */
export const actorCritic: AgentDefinition = defineAgent({
  name: 'actor-critic',
  description: 'Learns how likely each action shall be, by what came of it compared with what a critic expected.',
  parameters: {
    basis: { type: 'string', enum: BASES, default: 'quadratic', description: 'Features: linear, or with products.' },
    actorStepSize: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 10,
      default: 0.1,
      description: 'Step of the preferences, for an error as large as usual.',
    },
    criticStepSize: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'Part of the error that one step of the values corrects.',
    },
    finalStepSize: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.1,
      description: 'Both step sizes in the last iteration, as a fraction of the first.',
    },
    discount: { type: 'number', minimum: 0, maximum: 1, default: 0.9, description: 'Of the value one step later.' },
    lambda: { type: 'number', minimum: 0, maximum: 1, default: 0.8, description: 'Decay of eligibility traces.' },
    entropy: {
      type: 'number',
      minimum: 0,
      maximum: 10,
      default: 0.01,
      description: 'Weight of the bonus for keeping actions open.',
    },
  },
  create: (parameters, setup) => new ActorCritic(parameters, setup),
}) as AgentDefinition;
