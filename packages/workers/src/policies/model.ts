import type { Space } from '@ergodic/core';
import { messageOf } from '../errors.ts';
import { describeValue, type ModelContract, readContract, type StateContract } from './contract.ts';
import { type ModelIssue, PolicyError } from './errors.ts';
import { createHead, type Head, type Output } from './head.ts';
import { type Runtime, SESSION_OPTIONS, type Session, type Tensor, type TensorData, type Tensors } from './runtime.ts';

/** Rows of a batch. Every run of a session has as many, whatever is in them: the last bits of a row depend on it. */
export const POLICY_ROWS = 64;

/** What a policy has to fit. */
export interface PolicyFit {
  /** Numbers of an observation. */
  readonly observationSize: number;
  readonly actionSpace: Space;
  /** Take the most likely action, or draw one. */
  readonly deterministic: boolean;
}

type Arrays = new (length: number) => TensorData;
const ARRAYS: Readonly<Record<string, Arrays>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
};

/** An ONNX file as a policy. */
export class PolicyModel {
  readonly file: string;
  readonly rows: number;
  readonly runtime: Runtime;
  readonly session: Session;
  readonly contract: ModelContract;

  private constructor(file: string, rows: number, runtime: Runtime, session: Session, contract: ModelContract) {
    this.file = file;
    this.rows = rows;
    this.runtime = runtime;
    this.session = session;
    this.contract = contract;
  }

  /** Reads a model; `file` is its name in errors. Throws PolicyError. */
  static async open(bytes: Uint8Array, file: string, runtime: Runtime, rows: number): Promise<PolicyModel> {
    let session: Session;
    try {
      session = await runtime.InferenceSession.create(bytes, SESSION_OPTIONS);
    } catch (error) {
      throw new PolicyError(file, [loadIssue(error)]);
    }
    const contract = readContract(session.inputMetadata, session.outputMetadata, rows);
    if ('head' in contract) return new PolicyModel(file, rows, runtime, session, contract);
    await session.release();
    throw new PolicyError(file, contract);
  }

  /** Buffers for batches, with every state at zero. Throws PolicyError where the model does not fit. */
  async batch(fit: PolicyFit): Promise<PolicyBatch> {
    const { rows, contract, session, runtime } = this;
    const { observationSize: size } = contract;
    if (size !== undefined && size !== fit.observationSize) {
      const rule = `its observation must have as many numbers as that of the config's environment, ${fit.observationSize}`;
      const input = session.inputMetadata.find(({ name }) => name === contract.observation)!;
      throw new PolicyError(this.file, [{ rule, received: describeValue(input) }]);
    }
    const observations = new Float32Array(rows * fit.observationSize);
    const tensor = (dims: readonly number[]): Tensor =>
      new runtime.Tensor('float32', new Float32Array(dims.reduce((product, dim) => product * dim, 1)), dims);
    const states = contract.states.map((state) => new StatePair(state, tensor(state.dims), tensor(state.dims)));
    const feeds = {
      [contract.observation]: new runtime.Tensor('float32', observations, [rows, fit.observationSize]),
      ...Object.fromEntries(states.map(({ contract: { input }, tensors }) => [input, tensors[0]])),
    };
    // Shapes that only a run tells.
    const first = await this.run(feeds);
    const outputs = this.outputsLike(first, states);
    const head = createHead({ contract, outputs, space: fit.actionSpace, rows, deterministic: fit.deterministic });
    if (!('choose' in head)) throw new PolicyError(this.file, head);
    return new PolicyBatch(this, { observations, feeds, states, outputs, head });
  }

  async run(feeds: Tensors, fetches?: Tensors): Promise<Tensors> {
    try {
      return await this.session.run(feeds, fetches);
    } catch (error) {
      const rule = `must run on ${this.rows} observations (${messageOf(error).split('\n')[0]})`;
      throw new PolicyError(this.file, [{ rule }]);
    }
  }

  /** Tensors that runs can write their outputs into; states have theirs. */
  private outputsLike(first: Tensors, states: readonly StatePair[]): Record<string, Tensor> {
    const issues: ModelIssue[] = [];
    const outputs: Record<string, Tensor> = {};
    for (const [name, { type, dims }] of Object.entries(first)) {
      const state = states.find(({ contract }) => contract.output === name)?.contract;
      const shape = dims.join(', ');
      if (state === undefined) {
        const isKnown = name === 'action' ? Object.hasOwn(ARRAYS, type) : type === 'float32';
        if (isKnown) outputs[name] = this.tensorLike(type, dims);
        else issues.push({ rule: `the output ${name} must be float32`, received: `${type} [${shape}]` });
      } else if (type !== 'float32' || shape !== state.dims.join(', ')) {
        const rule = `the state ${name} must be float32 [${state.dims.join(', ')}] as ${state.input} is`;
        issues.push({ rule, received: `${type} [${shape}]` });
      }
    }
    if (issues.length > 0) throw new PolicyError(this.file, issues);
    return outputs;
  }

  private tensorLike(type: string, dims: readonly number[]): Tensor {
    const length = dims.reduce((product, dim) => product * dim, 1);
    return new this.runtime.Tensor(type, new ARRAYS[type]!(length), dims);
  }

  /** Gives the memory back. */
  async release(): Promise<void> {
    await this.session.release();
  }
}

/** A state's tensors: one is read by a run, the other written, and then they change places. */
class StatePair {
  readonly contract: StateContract;
  readonly tensors: readonly [Tensor, Tensor];

  constructor(contract: StateContract, first: Tensor, second: Tensor) {
    this.contract = contract;
    this.tensors = [first, second];
  }

  /** Sets the state of a row to zero, in the tensor that the next run reads. */
  clear(side: 0 | 1, row: number): void {
    const { dims, batchAxis } = this.contract;
    const { data } = this.tensors[side];
    const inner = dims.slice(batchAxis + 1).reduce((product, dim) => product * dim, 1);
    const stride = inner * dims[batchAxis]!;
    for (let from = row * inner; from < data.length; from += stride) (data as Float32Array).fill(0, from, from + inner);
  }
}

interface BatchParts {
  readonly observations: Float32Array;
  readonly feeds: Tensors;
  readonly states: readonly StatePair[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly head: Head;
}

/**
 * A batch of observations, their recurrent states and what the model makes of them. The shape is always the same, and a row
 * that nobody uses is zero. What comes out of a row depends on the row's own numbers and its place, see `tryModel`.
 */
export class PolicyBatch {
  readonly rows: number;
  /** Row by row; the caller writes them. */
  readonly observations: Float32Array;
  readonly outputs: Readonly<Record<string, Output>>;
  private readonly model: PolicyModel;
  private readonly states: readonly StatePair[];
  private readonly head: Head;
  private readonly feeds: readonly [Tensors, Tensors];
  private readonly fetches: readonly [Tensors, Tensors];
  private side: 0 | 1 = 0;

  constructor(model: PolicyModel, { observations, feeds, states, outputs, head }: BatchParts) {
    this.model = model;
    this.rows = model.rows;
    this.observations = observations;
    this.states = states;
    this.outputs = outputs;
    this.head = head;
    const statesOn = (side: 0 | 1, key: 'input' | 'output'): Tensors =>
      Object.fromEntries(states.map(({ contract, tensors }) => [contract[key], tensors[side]]));
    this.feeds = [
      { ...feeds, ...statesOn(0, 'input') },
      { ...feeds, ...statesOn(1, 'input') },
    ];
    this.fetches = [
      { ...outputs, ...statesOn(1, 'output') },
      { ...outputs, ...statesOn(0, 'output') },
    ];
  }

  /** Runs the model once, for all rows. */
  async run(): Promise<void> {
    await this.model.run(this.feeds[this.side], this.fetches[this.side]);
    this.side = this.side === 0 ? 1 : 0;
  }

  /** An episode starts in this row: its state is zero. */
  clearState(row: number): void {
    for (const state of this.states) state.clear(this.side, row);
  }

  /** Nobody uses this row now. */
  clearRow(row: number): void {
    const size = this.observations.length / this.rows;
    this.observations.fill(0, row * size, (row + 1) * size);
  }

  /** Writes the action of a row, see Head. */
  choose(...[row, random, out, at]: Parameters<Head['choose']>): void {
    this.head.choose(row, random, out, at);
  }

  /** Gives the model's memory back. */
  async release(): Promise<void> {
    await this.model.release();
  }

  /** Everything that the last run made of a row, as bytes. */
  bytesOf(row: number): Buffer {
    const parts = Object.values(this.outputs).flatMap(({ data, dims }) => {
      // What has no row of its own is the same for all.
      const isShared = dims[0] !== this.rows;
      return slicesOf(data, isShared ? 0 : row, isShared ? data.length : data.length / this.rows, data.length);
    });
    const states = this.states.flatMap(({ contract: { dims, batchAxis }, tensors }) => {
      const inner = dims.slice(batchAxis + 1).reduce((product, dim) => product * dim, 1);
      return slicesOf(tensors[this.side].data, row, inner, inner * dims[batchAxis]!);
    });
    return Buffer.concat([...parts, ...states]);
  }
}

/** `length` numbers from `row` × `length` on, in each block of `stride` numbers. */
function slicesOf(data: TensorData, row: number, length: number, stride: number): Buffer[] {
  const slices: Buffer[] = [];
  const { BYTES_PER_ELEMENT: size, buffer, byteOffset } = data;
  for (let from = row * length; from < data.length; from += stride) {
    slices.push(Buffer.from(buffer, byteOffset + from * size, length * size));
  }
  return slices;
}

function loadIssue(error: unknown): ModelIssue {
  const reason = messageOf(error).split('\n')[0]!.slice(0, 300);
  const rule = `must be an ONNX file that onnxruntime-node can load (${reason})`;
  const isSplit = /external|model_path/i.test(reason);
  return isSplit
    ? { rule, hint: 'save the weights in the file itself: external_data=False in torch.onnx.export' }
    : { rule };
}
