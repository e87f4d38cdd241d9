import { join } from 'node:path';
import { ActionError, type AutoresetMode, VectorEnvironment } from '@ergodic/core';
import { OnnxPolicy } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { GOLDEN, parsedPolicyConfig, provideRuntime } from './runtime.ts';

const hasRuntime = provideRuntime();
const file = (model: string): string => join(GOLDEN, `${model}.onnx`);

function vectorOf(model: string, count: number, autoreset: AutoresetMode = 'next-step'): VectorEnvironment {
  return new VectorEnvironment(parsedPolicyConfig(model, { steps: 25 }), { count, autoreset });
}

/** Final equities of the first episodes, by number. */
async function play(
  model: string,
  count: number,
  autoreset: AutoresetMode,
  until: number,
): Promise<Map<number, number>> {
  const vector = vectorOf(model, count, autoreset);
  const policy = await OnnxPolicy.load(file(model), vector);
  const actions = new Float64Array(count * vector.actionSize);
  const figures = new Float64Array(vector.fields.length);
  const at = vector.fields.indexOf('finalEquity');
  const finals = new Map<number, number>();
  vector.reset();
  while (finals.size < until) {
    await policy.act(vector.observations, actions);
    vector.step(actions);
    for (let i = 0; i < count; i++) {
      if (vector.ended[i] !== 1) continue;
      vector.record(i, figures);
      if (vector.endedEpisodes[i]! < until) finals.set(vector.endedEpisodes[i]!, figures[at]!);
    }
    if (autoreset === 'disabled' && vector.ended.includes(1)) vector.reset({ mask: vector.ended });
  }
  await policy.close();
  return finals;
}

describe.skipIf(!hasRuntime)('OnnxPolicy', () => {
  it('starts each episode from a state of zeros, whatever the mode of resets', async () => {
    // With as many environments as episodes no state is left of an earlier one.
    const fresh = await play('gru', 128, 'next-step', 128);
    for (const mode of ['next-step', 'same-step', 'disabled'] as const) {
      expect(await play('gru', 64, mode, 128)).toEqual(fresh);
    }
  });

  it('forgets an episode that is left before its end, also for one of the same number', async () => {
    const vector = vectorOf('gru', 3);
    const policy = await OnnxPolicy.load(file('gru'), vector);
    const actions = new Float64Array(3);
    const run = async (): Promise<number[]> => {
      vector.reset({ seed: 'again' });
      const taken: number[] = [];
      for (let step = 0; step < 12; step++) {
        await policy.act(vector.observations, actions);
        taken.push(...actions);
        vector.step(actions);
      }
      return taken;
    };
    const first = await run();
    expect(new Set(first).size).toBeGreaterThan(1);
    expect(await run()).toEqual(first);
    await policy.close();
  });

  it('plays more environments than its batch has rows', async () => {
    const finals = await play('gru', 150, 'same-step', 150);
    const few = await play('gru', 64, 'same-step', 64);
    for (const [episode, equity] of few) expect(finals.get(episode)).toBe(equity);
  });

  it('refuses arrays of the wrong length, and files and environments that do not go together', async () => {
    const vector = vectorOf('discrete', 2);
    vector.reset();
    const policy = await OnnxPolicy.load(file('discrete'), vector);
    const actions = new Float64Array(2);
    await expect(policy.act(new Float32Array(9), actions)).rejects.toThrow(/observations must be 2 × 5 numbers, got 9/);
    await expect(policy.act(vector.observations, [0])).rejects.toThrow(/room for 2 × 1 numbers, got 1/);
    await policy.close();
    await expect(OnnxPolicy.load(file('box'), vector)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
    await expect(OnnxPolicy.load('/nowhere.onnx', vector)).rejects.toThrow(
      /^\/nowhere\.onnx: must be an ONNX file that/,
    );
    // A method of the class is not among what is spread.
    await expect(OnnxPolicy.load(file('gru'), { ...vector }, { deterministic: false })).rejects.toThrow(/random\(i\)/);
  });

  it('says which environment has outputs that are no numbers', async () => {
    const vector = vectorOf('discrete', 3);
    vector.reset();
    const policy = await OnnxPolicy.load(file('discrete'), vector);
    const observations = vector.observations.slice();
    observations[2 * vector.observationSize] = Number.NaN;
    const acting = policy.act(observations, new Float64Array(3));
    await expect(acting).rejects.toThrow(ActionError);
    await expect(acting).rejects.toThrow(/^environment 2: the logits must be numbers, got NaN$/);
    await policy.close();
  });
});
