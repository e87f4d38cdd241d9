import { describe, expect, it } from 'vitest';
import type { Activation } from '../../src/rllib/layers.ts';
import type { Parameters } from '../../src/rllib/messages.ts';
import { buildModule } from '../../src/rllib/module.ts';
import { golden, recordedParameters } from './golden.ts';

/**
 * Both sides round to float32 after each layer and sum in other orders: 8 inputs of size about 2 differ by at most a few units in
 * the last place, 6e-8 each.
 */
const TOLERANCE = 2e-6;

const CASES: readonly [name: string, activation: Activation][] = [
  ['mlp', 'tanh'],
  ['relu', 'relu'],
  ['lstm', 'tanh'],
  ['box', 'tanh'],
  ['free-log-std', 'tanh'],
];

function expectClose(got: Iterable<number>, wanted: readonly number[]): void {
  const values = [...got];
  expect(values).toHaveLength(wanted.length);
  for (const [i, value] of values.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThan(TOLERANCE);
}

describe('a module from the weights that a server sent', () => {
  it.each(CASES)('computes what RLlib computes: %s', (name, activation) => {
    const { observations, steps, ...spaces } = golden(name);
    const module = buildModule(recordedParameters(name), { ...spaces, activation });
    const { stateSize } = module;
    const state = { h: new Float32Array(stateSize), c: new Float32Array(stateSize) };
    const out = new Float32Array(module.inputsSize);
    expect(stateSize > 0).toBe(steps[0]!.state !== undefined);
    for (const [i, observation] of observations.entries()) {
      module.forward(Float32Array.from([7, ...observation]), 1, stateSize > 0 ? state : undefined, out, 0);
      const { inputs, state: after } = steps[i]!;
      expectClose(out, inputs);
      if (after === undefined) continue;
      expectClose(state.h, after.h);
      expectClose(state.c, after.c);
    }
  });

  it('has another result with another activation', () => {
    const { observations, steps, ...spaces } = golden('mlp');
    const module = buildModule(recordedParameters('mlp'), { ...spaces, activation: 'silu' });
    const out = new Float32Array(module.inputsSize);
    module.forward(Float32Array.from(observations[0]!), 0, undefined, out, 0);
    expect(Math.abs(out[0]! - steps[0]!.inputs[0]!)).toBeGreaterThan(0.01);
  });

  it('clips the log deviations of a Box, and nothing else', () => {
    const changed = new Map(recordedParameters('box'));
    changed.set('pi.net.mlp.2.bias', { shape: [4], data: Float32Array.of(1e3, -1e3, 1e3, -1e3) });
    const module = buildModule(changed, { ...golden('box'), activation: 'tanh' });
    const out = new Float32Array(4);
    module.forward(new Float32Array(3), 0, undefined, out, 0);
    expect(out[0]).toBeGreaterThan(900);
    expect(out[1]).toBeLessThan(-900);
    expect([...out.subarray(2)]).toEqual([20, -20]);
  });
});

describe('weights that do not fit', () => {
  const fit = { ...golden('mlp'), activation: 'tanh' } as const;
  const refused = (text: string): unknown =>
    expect.objectContaining({ code: 'RLLINK_MODULE', message: expect.stringContaining(text) });
  const changed = (name: string, shape: readonly number[] | undefined, of = 'mlp'): Parameters => {
    const parameters = new Map(recordedParameters(of));
    const length = shape?.reduce((product, size) => product * size, 1) ?? 0;
    if (shape === undefined) parameters.delete(name);
    else parameters.set(name, { shape, data: new Float32Array(length) });
    return parameters;
  };

  it('tell both shapes where the config has other observations', () => {
    const build = (): unknown => buildModule(recordedParameters('mlp'), { ...fit, observationSize: 10 });
    expect(build).toThrow(refused('encoder.encoder.net.mlp.0.weight: must have the shape [8, 10]'));
    expect(build).toThrow(refused('the config has 10 numbers an observation; the server sent [8, 4]'));
  });

  it('tell both shapes where the config has other actions', () => {
    const build = (): unknown =>
      buildModule(recordedParameters('mlp'), { ...fit, actionSpace: { type: 'multi-discrete', nvec: [3, 3] } });
    expect(build).toThrow(refused('pi.net.mlp.0.weight: must have the shape [6, 7]'));
    expect(build).toThrow(refused("the config's actions are 3,3; the server sent [3, 7]"));
  });

  it.each([
    ['a bias of another length', changed('pi.net.mlp.0.bias', [4]), 'pi.net.mlp.0.bias: must have the shape [3]'],
    ['a layer that does not follow', changed('encoder.encoder.net.mlp.2.weight', [7, 9]), 'must have the shape [7, 8]'],
    ['no head', changed('pi.net.mlp.0.weight', undefined), 'pi.net.mlp.0.weight is missing'],
    ['no bias', changed('pi.net.mlp.0.bias', undefined), 'pi.net.mlp.0.bias is missing'],
    ['a layer more', changed('encoder.encoder.cnn.0.weight', [2, 2]), 'encoder.encoder.cnn.0.weight is not known'],
    ['a layer norm', recordedParameters('layer-norm'), 'encoder.encoder.net.mlp.1.weight, of shape [4], is no layer'],
    ['an LSTM of its own for the value function', recordedParameters('separate-lstm'), 'has a state of its own'],
    ['nothing', new Map(), 'It has no parameters'],
  ])('name the parameters found and those known: %s', (_, parameters, text) => {
    const size = [...parameters.values()][0]?.shape[1] ?? 4;
    const build = (): unknown => buildModule(parameters, { ...fit, observationSize: size });
    expect(build).toThrow(refused(text));
  });

  it('list what there is and what could be computed', () => {
    const build = (): unknown => buildModule(recordedParameters('separate-lstm'), { ...fit, observationSize: 3 });
    expect(build).toThrow(refused('It has encoder.actor_encoder.tokenizer.net.mlp.0.weight, '));
    expect(build).toThrow(refused('Known: encoder.encoder.net.mlp.N.*'));
  });

  it.each([
    ['encoder.encoder.lstm.weight_hh_l0', [24, 5], 'must have the shape [20, 5], for an LSTM has four gates'],
    ['encoder.encoder.lstm.weight_ih_l0', [24, 8], 'must have the shape [24, 7], for the tokenizer ends so'],
    ['encoder.encoder.lstm.bias_hh_l0', [6], 'must have the shape [24]'],
  ])('tell a broken LSTM: %s', (name, shape, text) => {
    const build = (): unknown => buildModule(changed(name, shape, 'lstm'), { ...golden('lstm'), activation: 'tanh' });
    expect(build).toThrow(refused(text));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('say that learning has diverged where one is %s', (weight) => {
    const parameters = new Map(recordedParameters('mlp'));
    parameters.set('pi.net.mlp.0.bias', { shape: [3], data: Float32Array.of(0, weight, 0) });
    expect(() => buildModule(parameters, fit)).toThrow(refused('pi.net.mlp.0.bias: holds a weight that is not finite'));
  });
});
