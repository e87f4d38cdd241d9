import type { Space } from '@ergodic/core';
import { RllinkError } from './errors.ts';
import { type Activation, Dense, Lstm } from './layers.ts';
import type { Parameters } from './messages.ts';
import type { Parameter } from './ndarray.ts';

/** What a module must fit. */
export interface ModuleFit {
  readonly observationSize: number;
  readonly actionSpace: Space;
  /** Of the encoder; weights do not tell. */
  readonly activation: Activation;
}

/** The state of an LSTM, size numbers each; zeros at the start of an episode. */
export interface RecurrentState {
  readonly h: Float32Array;
  readonly c: Float32Array;
}

/** Of the layers of a head; RLlib's default. */
const HEAD_ACTIVATION: Activation = 'relu';
const MOST_NAMES = 12;
/** For learning alone: the value function, and the clip that we read by name. */
const NOT_NEEDED = /^vf\.|^encoder\.critic_encoder\.|\.log_std_clip_param_const$/;
const CLIP = 'pi.log_std_clip_param_const';
const FREE_LOG_STD = 'pi.log_std';
const SUPPORTED =
  'encoder.encoder.net.mlp.N.* or encoder.actor_encoder.net.mlp.N.* (an MLP), encoder.encoder.tokenizer.net.mlp.N.* with ' +
  'encoder.encoder.lstm.*_l0 (an LSTM with vf_share_layers=True), pi.net.mlp.N.*, pi.log_std; no layer norm, no convolution';

/**
 * What a policy of RLlib's default PPO module computes: encoder (MLP, or MLP and LSTM), then the head `pi`.
 * One row at a time, so that its bits depend on nothing else.
 */
export class PolicyModule {
  /** Numbers that describe the distribution of an action. */
  readonly inputsSize: number;
  /** Numbers of `h`, and of `c`; 0 without LSTM. */
  readonly stateSize: number;
  private readonly encoder: readonly Dense[];
  private readonly lstm: Lstm | undefined;
  private readonly head: readonly Dense[];
  private readonly logStd: Float32Array | undefined;
  private readonly clip: number;

  constructor(parts: {
    readonly encoder: readonly Dense[];
    readonly lstm: Lstm | undefined;
    readonly head: readonly Dense[];
    /** Deviations that do not depend on the observation. */
    readonly logStd: Float32Array | undefined;
    /** Largest absolute log deviation of a Box; Infinity elsewhere. */
    readonly clip: number;
  }) {
    this.encoder = parts.encoder;
    this.lstm = parts.lstm;
    this.head = parts.head;
    this.logStd = parts.logStd;
    this.clip = parts.clip;
    this.stateSize = parts.lstm?.size ?? 0;
    this.inputsSize = parts.head.at(-1)!.outputs + (parts.logStd?.length ?? 0);
  }

  /** Writes `inputsSize` numbers to `out[outAt…]`; with an LSTM `state` goes one step on. */
  forward(x: Float32Array, at: number, state: RecurrentState | undefined, out: Float32Array, outAt: number): void {
    let row = x;
    let from = at;
    for (const layer of this.encoder) {
      row = layer.forward(row, from);
      from = 0;
    }
    if (this.lstm !== undefined) {
      this.lstm.forward(row, from, state!.h, state!.c);
      row = state!.h;
    }
    for (const layer of this.head) row = layer.forward(row, 0);
    out.set(row, outAt);
    if (this.logStd !== undefined) out.set(this.logStd, outAt + row.length);
    if (this.clip === Number.POSITIVE_INFINITY) return;
    for (let i = outAt + this.inputsSize / 2; i < outAt + this.inputsSize; i++) {
      out[i] = Math.min(this.clip, Math.max(-this.clip, out[i]!));
    }
  }
}

/** The policy with these weights. Throws RllinkError `RLLINK_MODULE` where they are of another kind or shape. */
export function buildModule(parameters: Parameters, fit: ModuleFit): PolicyModule {
  const rest = new Set([...parameters.keys()].filter((name) => !NOT_NEEDED.test(name)));
  const take = (name: string): Parameter => {
    const parameter = parameters.get(name);
    if (parameter === undefined) throw unknownModule(parameters, `${name} is missing`);
    rest.delete(name);
    if (!parameter.data.every(Number.isFinite)) {
      throw new RllinkError(
        'RLLINK_MODULE',
        `${name}: holds a weight that is not finite: learning has diverged; restore an earlier checkpoint, learn more slowly`,
      );
    }
    return parameter;
  };
  const isSeparate = [...rest].some((name) => name.startsWith('encoder.actor_encoder.'));
  const prefix = isSeparate ? 'encoder.actor_encoder' : 'encoder.encoder';
  const isRecurrent = rest.has(`${prefix}.lstm.weight_ih_l0`);
  if (isSeparate && isRecurrent)
    throw unknownModule(parameters, 'an LSTM of the value function has a state of its own');
  const mlp = (name: string, inputs: number, whose: string): [string, Parameter, Parameter][] =>
    takeLayers(name, inputs, whose, { parameters, rest, take });
  const observed = `the config has ${fit.observationSize} numbers an observation`;
  const dense = mlp(`${prefix}${isRecurrent ? '.tokenizer' : ''}.net.mlp`, fit.observationSize, observed);
  const encoder = dense.map(([, weight, bias]) => new Dense(weight.data, bias.data, fit.activation));
  const width = encoder.at(-1)!.outputs;
  const lstm = isRecurrent ? takeLstm(`${prefix}.lstm`, width, take) : undefined;
  const isFree = parameters.has(FREE_LOG_STD);
  const pi = mlp('pi.net.mlp', lstm?.size ?? width, 'the encoder ends so');
  const last = pi.length - 1;
  const head = pi.map(
    ([, weight, bias], i) => new Dense(weight.data, bias.data, i < last ? HEAD_ACTIVATION : undefined),
  );
  const wanted = inputsOf(fit.actionSpace) / (isFree ? 2 : 1);
  const [name, weight] = pi[last]!;
  if (weight.shape[0] !== wanted) {
    throw misfit(
      name,
      weight.shape,
      [wanted, weight.shape[1]!],
      `the config's actions are ${describeActions(fit.actionSpace)}`,
    );
  }
  const logStd = isFree ? takeVector(FREE_LOG_STD, wanted, take).data : undefined;
  if (rest.size > 0) throw unknownModule(parameters, `${[...rest][0]} is not known`);
  const clip = fit.actionSpace.type === 'box' ? (parameters.get(CLIP)?.data[0] ?? Number.POSITIVE_INFINITY) : Infinity;
  return new PolicyModule({ encoder, lstm, head, logStd, clip });
}

/** Numbers that describe the distribution of an action: logits; means and log deviations. */
export function inputsOf(space: Space): number {
  if (space.type === 'discrete') return space.n;
  return space.type === 'multi-discrete' ? space.nvec.reduce((sum, n) => sum + n, 0) : 2 * space.low.length;
}

/** `3`, `3,3` or `box:2`: the option --actions of the example's server. */
export function describeActions(space: Space): string {
  if (space.type === 'discrete') return String(space.n);
  return space.type === 'multi-discrete' ? space.nvec.join(',') : `box:${space.low.length}`;
}

interface Taking {
  readonly parameters: Parameters;
  readonly rest: ReadonlySet<string>;
  readonly take: (name: string) => Parameter;
}

/** The linear layers of a `torch.nn.Sequential`, which counts its activations too. */
function takeLayers(
  prefix: string,
  inputs: number,
  whose: string,
  { parameters, rest, take }: Taking,
): [string, Parameter, Parameter][] {
  const numbers = [...rest]
    .filter((name) => name.startsWith(`${prefix}.`) && name.endsWith('.weight'))
    .map((name) => Number(name.slice(prefix.length + 1, -'.weight'.length)))
    .sort((a, b) => a - b);
  if (numbers.length === 0) throw unknownModule(parameters, `${prefix}.0.weight is missing`);
  const layers: [string, Parameter, Parameter][] = [];
  for (const [i, number] of numbers.entries()) {
    const name = `${prefix}.${number}.weight`;
    const weight = take(name);
    const { shape } = weight;
    if (number !== 2 * i || shape.length !== 2) {
      throw unknownModule(parameters, `${name}, of shape [${shape.join(', ')}], is no layer of a plain MLP`);
    }
    const before = layers.at(-1)?.[1].shape[0] ?? inputs;
    if (shape[1] !== before)
      throw misfit(name, shape, [shape[0]!, before], i === 0 ? whose : 'the layer before ends so');
    layers.push([name, weight, takeVector(`${prefix}.${number}.bias`, shape[0]!, take)]);
  }
  return layers;
}

function takeVector(name: string, length: number, take: Taking['take']): Parameter {
  const vector = take(name);
  if (vector.shape.length === 1 && vector.shape[0] === length) return vector;
  throw misfit(name, vector.shape, [length], 'its layer has as many outputs');
}

function takeLstm(prefix: string, inputs: number, take: Taking['take']): Lstm {
  const hidden = take(`${prefix}.weight_hh_l0`);
  const size = hidden.shape[1] ?? 0;
  const input = take(`${prefix}.weight_ih_l0`);
  const rows = 4 * size;
  if (hidden.shape.length !== 2 || hidden.shape[0] !== rows || size === 0) {
    throw misfit(`${prefix}.weight_hh_l0`, hidden.shape, [rows, size], 'an LSTM has four gates');
  }
  if (input.shape.length !== 2 || input.shape[0] !== rows || input.shape[1] !== inputs) {
    throw misfit(`${prefix}.weight_ih_l0`, input.shape, [rows, inputs], 'the tokenizer ends so');
  }
  const inputBias = takeVector(`${prefix}.bias_ih_l0`, rows, take);
  const hiddenBias = takeVector(`${prefix}.bias_hh_l0`, rows, take);
  return new Lstm({ input: input.data, hidden: hidden.data, inputBias: inputBias.data, hiddenBias: hiddenBias.data });
}

function misfit(name: string, got: readonly number[], wanted: readonly number[], why: string): RllinkError {
  return new RllinkError(
    'RLLINK_MODULE',
    `${name}: must have the shape [${wanted.join(', ')}], for ${why}; the server sent [${got.join(', ')}]`,
  );
}

function unknownModule(parameters: Parameters, why: string): RllinkError {
  const names = [...parameters.keys()];
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return new RllinkError(
    'RLLINK_MODULE',
    `the server's module is none that can be computed here: ${why}. It has ${shown || 'no parameters'}${more}. Known: ${SUPPORTED}`,
  );
}
