import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RandomStream, type Space } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { type PolicyBatch, type PolicyFit, PolicyModel } from '../../src/policies/model.ts';
import { tryModel } from '../../src/policies/trial.ts';
import { GOLDEN, provideRuntime, runtime } from './runtime.ts';

const ROWS = 64;
const hasRuntime = provideRuntime();

type Numbers = readonly (readonly number[])[];
interface Golden {
  /** By step and row. */
  readonly observations: readonly Numbers[];
  /** By step, name and row; `log_std` and `action` have no rows of numbers. */
  readonly outputs: readonly Readonly<Record<string, Numbers>>[];
}
const goldens = JSON.parse(readFileSync(join(GOLDEN, 'outputs.json'), 'utf8')) as Record<string, Golden>;

const DISCRETE: Space = { type: 'discrete', n: 3 };
const WEIGHTS: Space = {
  type: 'box',
  shape: [2],
  low: Float32Array.of(-0.5, 0),
  high: Float32Array.of(0.5, 1),
};
const SPACES: Readonly<Record<string, Space>> = {
  discrete: DISCRETE,
  'multi-discrete': { type: 'multi-discrete', nvec: [3, 3] },
  box: WEIGHTS,
  action: DISCRETE,
  gru: DISCRETE,
  lstm: DISCRETE,
};
const MODELS = Object.keys(SPACES);

function fitOf(model: string, deterministic = true): PolicyFit {
  const actionSpace = SPACES[model] ?? DISCRETE;
  return { observationSize: goldens[model]?.observations[0]?.[0]?.length ?? 5, actionSpace, deterministic };
}

async function open(model: string): Promise<PolicyModel> {
  const file = join(GOLDEN, `${model}.onnx`);
  return PolicyModel.open(readFileSync(file), file, runtime(), ROWS);
}

function setRow({ observations, rows }: PolicyBatch, row: number, values: ArrayLike<number>): void {
  observations.set(values, (row * observations.length) / rows);
}

const random = (): RandomStream => new RandomStream([5, 6, 7, 8]);

function actionOf(batch: PolicyBatch, row: number, size: number): number[] {
  const action = new Array<number>(size).fill(Number.NaN);
  batch.choose(row, random(), action, 0);
  return action;
}

const indexOfMax = (values: readonly number[]): number => values.indexOf(Math.max(...values));

describe.skipIf(!hasRuntime)('a policy', () => {
  // float32 has 24 bits: sums of some dozen products near 1 agree to some 1e-6, on whatever processor.
  const ROUNDING = 1e-5;

  it.each(MODELS)('has the outputs and actions that onnxruntime has in Python: %s', async (name) => {
    const golden = goldens[name]!;
    const model = await open(name);
    const batch = await model.batch(fitOf(name));
    const rows = [0, 17, 63];
    for (const [step, observations] of golden.observations.entries()) {
      for (const [i, row] of rows.entries()) setRow(batch, row, observations[i]!);
      await batch.run();
      const outputs = golden.outputs[step]!;
      for (const [i, row] of rows.entries()) {
        const head = outputs[model.contract.head]!;
        const { data } = batch.outputs[model.contract.head]!;
        const wanted = [head[i]!].flat();
        const got = Array.from(data.slice(row * wanted.length, (row + 1) * wanted.length), Number);
        for (const [j, value] of wanted.entries()) expect(Math.abs(got[j]! - value)).toBeLessThan(ROUNDING);
        const action = actionOf(batch, row, name === 'multi-discrete' || name === 'box' ? 2 : 1);
        if (name === 'action') expect(action).toEqual(wanted);
        else if (name === 'multi-discrete') {
          expect(action).toEqual([indexOfMax(wanted.slice(0, 3)), indexOfMax(wanted.slice(3))]);
        } else if (name === 'box') {
          const { low, high } = WEIGHTS;
          const clipped = got.map((value, j) => Math.min(Math.max(value, low[j]!), high[j]!));
          expect(action).toEqual(clipped);
        } else expect(action).toEqual([indexOfMax(wanted)]);
      }
    }
    await model.release();
  });

  it.each(MODELS)('computes a row from its own numbers alone, to the last bit: %s', async (name) => {
    const model = await open(name);
    const { observations } = goldens[name]!;
    const draw = random();
    const fills: (() => number)[] = [() => 0, () => draw.normal(), () => 1e30 * draw.normal(), () => Number.NaN];
    for (const row of [0, 1, 30, 63]) {
      const seen: string[] = [];
      for (const fill of fills) {
        const batch = await model.batch(fitOf(name));
        let bytes = '';
        for (const step of observations) {
          for (let i = 0; i < batch.observations.length; i++) batch.observations[i] = fill();
          setRow(batch, row, step[0]!);
          await batch.run();
          bytes += Buffer.from(batch.bytesOf(row)).toString('hex');
        }
        seen.push(bytes);
      }
      expect(new Set(seen).size).toBe(1);
    }
    await model.release();
  });

  it.each(['gru', 'lstm'])('starts an episode from a state of zeros, in its own row: %s', async (name) => {
    const model = await open(name);
    const { observations } = goldens[name]!;
    const batch = await model.batch(fitOf(name));
    const step = async (t: number): Promise<string[]> => {
      for (const row of [3, 4]) setRow(batch, row, observations[t]![0]!);
      await batch.run();
      return [3, 4].map((row) => Buffer.from(batch.bytesOf(row)).toString('hex'));
    };
    const first = await step(0);
    const second = await step(1);
    batch.clearState(3);
    const [again, onward] = await step(0);
    expect(again).toBe(first[0]);
    expect(onward).not.toBe(first[1]);
    const [continued] = await step(1);
    expect(continued).toBe(second[0]);
    await model.release();
  });

  it('draws with the probabilities of its logits, the same for the same stream', async () => {
    const model = await open('discrete');
    const batch = await model.batch(fitOf('discrete', false));
    const { observations, outputs } = goldens.discrete!;
    setRow(batch, 0, observations[0]![0]!);
    await batch.run();
    const powers = outputs[0]!.logits![0]!.map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power, 0);
    const stream = random();
    const counts = [0, 0, 0];
    const n = 40_000;
    const drawn: number[] = [];
    for (let i = 0; i < n; i++) {
      batch.choose(0, stream, drawn, i);
      counts[drawn[i]!]!++;
    }
    // Five standard errors of a share of n draws: 3 in 10 million at a fixed seed.
    for (const [k, power] of powers.entries()) {
      const p = power / total;
      expect(p).toBeGreaterThan(0.02);
      expect(Math.abs(counts[k]! / n - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
    }
    const repeated = random();
    const again: number[] = [];
    for (let i = 0; i < 100; i++) batch.choose(0, repeated, again, i);
    expect(again).toEqual(drawn.slice(0, 100));
    await model.release();
  });

  it('draws around its means and stays within the bounds', async () => {
    const model = await open('box');
    const wide: Space = { ...WEIGHTS, low: new Float32Array(2).fill(-9), high: new Float32Array(2).fill(9) };
    const { observations, outputs } = goldens.box!;
    const n = 20_000;
    for (const space of [wide, WEIGHTS]) {
      const batch = await model.batch({ observationSize: 6, actionSpace: space, deterministic: false });
      setRow(batch, 5, observations[0]![1]!);
      await batch.run();
      const stream = random();
      const drawn: number[] = [];
      for (let i = 0; i < n; i++) batch.choose(5, stream, drawn, 2 * i);
      for (const j of [0, 1]) {
        const values = drawn.filter((_, i) => i % 2 === j);
        if (space === WEIGHTS) {
          expect(Math.min(...values)).toBe(WEIGHTS.low[j]);
          expect(Math.max(...values)).toBeLessThanOrEqual(WEIGHTS.high[j]!);
          continue;
        }
        const deviation = Math.exp([-1, -2][j]!);
        const mean = values.reduce((sum, value) => sum + value, 0) / n;
        const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
        // Five standard errors of a mean, and of the deviation of normal numbers.
        expect(Math.abs(mean - outputs[0]!.mean![1]![j]!)).toBeLessThan((5 * deviation) / Math.sqrt(n));
        expect(Math.abs(Math.sqrt(square) / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
      }
    }
    await model.release();
  });
});

describe.skipIf(!hasRuntime)('an ONNX file that is no policy', () => {
  it.each([
    [
      'fixed-batch',
      /first dimension of the input observation must be dynamic, or 64, got "float32 \[1, 5\]".*dynamic_axes/,
    ],
    ['two-inputs', /the input mask must be the observation or a state/],
    ['extra-output', /the output value must be one that is known: action, logits, mean, log_std/],
    ['no-head', /must have one output named action, logits or mean, got "scores"/],
    ['lost-state', /the state h_in must have an output named h_out/],
    ['orphan-state', /the state output h_out must have an input named h_in/],
    ['grown-state', /the state h_out must be float32 \[64, 3\] as h_in is, got "float32 \[64, 6\]"/],
    ['rows-mixed', /each row of a batch must be computed from its own numbers alone/],
    ['noisy', /must give the same outputs for the same observations/],
  ])('is told what is wrong: %s', async (name, message) => {
    const refused = open(name).then((model) => tryModel(model, fitOf(name)));
    await expect(refused).rejects.toMatchObject({ code: 'POLICY_INVALID', message: expect.stringMatching(message) });
    await expect(refused).rejects.toThrow(join(GOLDEN, `${name}.onnx`));
  });

  it.each([
    ['no ONNX at all', Buffer.from('PK\u0003\u0004 weights')],
    ['empty', Buffer.alloc(0)],
    ['cut off', readFileSync(join(GOLDEN, 'gru.onnx')).subarray(0, 900)],
  ])('is told so: %s', async (_, bytes) => {
    const refused = PolicyModel.open(bytes, 'mine.onnx', runtime(), ROWS);
    await expect(refused).rejects.toThrow(/^mine\.onnx: must be an ONNX file that onnxruntime-node can load \(/);
  });

  it('is told to hold its weights itself', async () => {
    await expect(open('split')).rejects.toThrow(/save the weights in the file itself: external_data=False/);
  });

  it.each<[string, Partial<PolicyFit>, RegExp]>([
    [
      'discrete',
      { observationSize: 7 },
      /as many numbers as that of the config's environment, 7, got "float32 \[batch, 5\]"/,
    ],
    ['discrete', { actionSpace: WEIGHTS }, /the output logits is for actions of a discrete or multi-discrete space/],
    [
      'discrete',
      { actionSpace: { type: 'discrete', n: 4 } },
      /the output logits must be \[batch, 4\].*got "\[batch, 3\]"/,
    ],
    ['multi-discrete', { actionSpace: { type: 'multi-discrete', nvec: [8, 4, 5] } }, /logits must be \[batch, 17\]/],
    ['box', { actionSpace: { type: 'multi-discrete', nvec: [3, 3] } }, /the output mean is for actions of a box/],
    ['action', { actionSpace: WEIGHTS }, /the output action must be \[batch, 2\]/],
    [
      'action',
      { deterministic: false },
      /deterministic: false the file must have the output logits, or mean and log_std/,
    ],
  ])('does not fit: %s with %j', async (name, changes, message) => {
    const model = await open(name);
    await expect(model.batch({ ...fitOf(name), ...changes })).rejects.toThrow(message);
    await model.release();
  });
});
