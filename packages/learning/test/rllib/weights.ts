import type { Parameters } from '../../src/rllib/messages.ts';
import { toWire } from '../../src/rllib/ndarray.ts';

/** Weights of a small module: numbers that follow from `seed` alone, about 0.3 in size. */
export function weightsOf(
  seed: number,
  { observations, actions, lstm = 0 }: { observations: number; actions: number; lstm?: number },
): Parameters {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (0.6 * state) / 2 ** 32 - 0.3;
  };
  const made = (...shape: number[]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return { shape, data: Float32Array.from({ length }, next) };
  };
  const dense = (name: string, inputs: number, outputs: number) =>
    [
      [`${name}.weight`, made(outputs, inputs)],
      [`${name}.bias`, made(outputs)],
    ] as const;
  const encoder = 'encoder.encoder';
  if (lstm === 0) {
    return new Map([...dense(`${encoder}.net.mlp.0`, observations, 6), ...dense('pi.net.mlp.0', 6, actions)]);
  }
  return new Map([
    ...dense(`${encoder}.tokenizer.net.mlp.0`, observations, 6),
    [`${encoder}.lstm.weight_ih_l0`, made(4 * lstm, 6)],
    [`${encoder}.lstm.weight_hh_l0`, made(4 * lstm, lstm)],
    [`${encoder}.lstm.bias_ih_l0`, made(4 * lstm)],
    [`${encoder}.lstm.bias_hh_l0`, made(4 * lstm)],
    ...dense('pi.net.mlp.0', lstm, actions),
  ]);
}

export function stateMessage(parameters: Parameters, weightsSeqNo: number): object {
  const rl_module = Object.fromEntries([...parameters].map(([name, parameter]) => [name, toWire(parameter)]));
  return { type: 'SET_STATE', state: { rl_module, weights_seq_no: weightsSeqNo } };
}
