import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkRecorder } from '../../src/rllib/chunks.ts';
import type { EpisodeChunk } from '../../src/rllib/messages.ts';

const SIZE = 2;
const STATE = 3;

/** Step t of an episode: everything is told apart by its number. */
const step = (t: number) => ({
  action: Float64Array.of(t % 3),
  inputs: Float32Array.of(t, -t, 0.5),
  logp: -t / 4,
  state: { h: new Float32Array(STATE).fill(t), c: new Float32Array(STATE).fill(-t) },
  reward: t / 8,
  observation: Float32Array.of(t + 1, 1),
});

function record(stateSize: number, steps: number, cuts: readonly number[]): EpisodeChunk[] {
  const layout = {
    observationSize: SIZE,
    actionSpace: { type: 'discrete', n: 3 },
    actionSize: 1,
    inputsSize: 3,
  } as const;
  const recorder = new ChunkRecorder({ ...layout, stateSize });
  const chunks: EpisodeChunk[] = [];
  recorder.begin('e', Float32Array.of(0, 1), 10);
  for (let t = 0; t < steps; t++) {
    recorder.add({ ...step(t), state: stateSize > 0 ? step(t).state : undefined }, 11 + t);
    if (t < steps - 1 && cuts.includes(t)) chunks.push(recorder.cut());
  }
  chunks.push(recorder.end(false));
  return chunks;
}

describe('the chunks of an episode', () => {
  it.each([0, STATE])(
    'say together what was recorded, wherever it was cut, with a state of %i numbers',
    (stateSize) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.nat(200)), (steps, cuts) => {
          const chunks = record(stateSize, steps, cuts);
          let t = 0;
          for (const [i, chunk] of chunks.entries()) {
            const lookback = i > 0 && stateSize > 0 ? 1 : 0;
            expect(chunk).toMatchObject({ id: 'e', tStarted: t, lookback, isTerminated: false });
            expect(chunk.isTruncated).toBe(i === chunks.length - 1);
            const from = t - lookback;
            const rows = Array.from({ length: chunk.steps + lookback }, (_, row) => from + row);
            expect([...chunk.observations]).toEqual([from, ...rows.map((row) => row + 1)].flatMap((row) => [row, 1]));
            expect([...chunk.actions]).toEqual(rows.map((row) => BigInt(row % 3)));
            expect([...chunk.rewards]).toEqual(rows.map((row) => row / 8));
            expect([...chunk.logp]).toEqual(rows.map((row) => -row / 4));
            expect([...chunk.inputs]).toEqual(rows.flatMap((row) => [row, row === 0 ? -0 : -row, 0.5]));
            const states = rows.flatMap((row) => [row, row, row]);
            expect([...(chunk.state?.h ?? [])]).toEqual(stateSize > 0 ? states : []);
            t += chunk.steps;
          }
          expect(t).toBe(steps);
        }),
        { numRuns: 60, seed: 3 },
      );
    },
  );

  it('carry the time of their first and last step', () => {
    const [first, second] = record(0, 4, [1]);
    expect([first!.startTime, first!.lastStepTime]).toEqual([10, 12]);
    expect([second!.startTime, second!.lastStepTime]).toEqual([12, 14]);
  });

  it('do not change when recording goes on', () => {
    const [first] = record(STATE, 5, [0]);
    expect([...first!.observations]).toEqual([0, 1, 1, 1]);
  });
});
