/** What stands between the layers of an encoder: `fcnet_activation` of RLlib's model config. */
export type Activation = 'tanh' | 'relu' | 'silu';
export const ACTIVATIONS: readonly Activation[] = ['tanh', 'relu', 'silu'];

/** y = f(W x + b), in float32. Sums run in the order of the inputs, so that a row has the same bits wherever it is computed. */
export class Dense {
  readonly inputs: number;
  readonly outputs: number;
  readonly out: Float32Array;
  private readonly weight: Float32Array;
  private readonly bias: Float32Array;
  private readonly activation: Activation | undefined;

  /** `weight`: outputs × inputs, row by row. */
  constructor(weight: Float32Array, bias: Float32Array, activation: Activation | undefined) {
    this.weight = weight;
    this.bias = bias;
    this.activation = activation;
    this.outputs = bias.length;
    this.inputs = weight.length / bias.length;
    this.out = new Float32Array(this.outputs);
  }

  /** Reads `inputs` numbers at `at`; the result is `out`, which the next call overwrites. */
  forward(x: Float32Array, at: number): Float32Array {
    const { out, bias, activation } = this;
    out.set(bias);
    addProduct(this.weight, x, at, this.inputs, out);
    if (activation === 'tanh') for (let i = 0; i < out.length; i++) out[i] = Math.tanh(out[i]!);
    else if (activation === 'relu') for (let i = 0; i < out.length; i++) out[i] = Math.max(0, out[i]!);
    else if (activation === 'silu') for (let i = 0; i < out.length; i++) out[i] = out[i]! * sigmoid(out[i]!);
    return out;
  }
}

export interface LstmWeights {
  /** 4 × size rows of `inputs`, 4 × size rows of `size`, two biases of 4 × size: gates input, forget, cell, output. */
  readonly input: Float32Array;
  readonly hidden: Float32Array;
  readonly inputBias: Float32Array;
  readonly hiddenBias: Float32Array;
}

/** One layer of an LSTM, as torch.nn.LSTM computes it (Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997). */
export class Lstm {
  readonly inputs: number;
  readonly size: number;
  private readonly weights: LstmWeights;
  private readonly bias: Float32Array;
  private readonly gates: Float32Array;

  constructor(weights: LstmWeights) {
    this.weights = weights;
    this.size = weights.inputBias.length / 4;
    this.inputs = weights.input.length / weights.inputBias.length;
    this.bias = weights.inputBias.map((bias, i) => bias + weights.hiddenBias[i]!);
    this.gates = new Float32Array(4 * this.size);
  }

  /** One step: `h` and `c` are the state before and become the state after; `h` is the output. */
  forward(x: Float32Array, at: number, h: Float32Array, c: Float32Array): void {
    const { gates, size, weights } = this;
    gates.set(this.bias);
    addProduct(weights.input, x, at, this.inputs, gates);
    addProduct(weights.hidden, h, 0, size, gates);
    for (let i = 0; i < size; i++) {
      const kept = sigmoid(gates[size + i]!) * c[i]!;
      c[i] = kept + sigmoid(gates[i]!) * Math.tanh(gates[2 * size + i]!);
      h[i] = sigmoid(gates[3 * size + i]!) * Math.tanh(c[i]!);
    }
  }
}

/** out += W x. Four rows at a time: their sums do not wait for each other. */
function addProduct(weight: Float32Array, x: Float32Array, at: number, inputs: number, out: Float32Array): void {
  const rows = out.length;
  const whole = rows - (rows % 4);
  for (let row = 0; row < whole; row += 4) {
    const w0 = row * inputs;
    const w1 = w0 + inputs;
    const w2 = w1 + inputs;
    const w3 = w2 + inputs;
    let s0 = out[row]!;
    let s1 = out[row + 1]!;
    let s2 = out[row + 2]!;
    let s3 = out[row + 3]!;
    for (let i = 0; i < inputs; i++) {
      const value = x[at + i]!;
      s0 += weight[w0 + i]! * value;
      s1 += weight[w1 + i]! * value;
      s2 += weight[w2 + i]! * value;
      s3 += weight[w3 + i]! * value;
    }
    out[row] = s0;
    out[row + 1] = s1;
    out[row + 2] = s2;
    out[row + 3] = s3;
  }
  for (let row = whole; row < rows; row++) {
    let sum = out[row]!;
    for (let i = 0; i < inputs; i++) sum += weight[row * inputs + i]! * x[at + i]!;
    out[row] = sum;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
