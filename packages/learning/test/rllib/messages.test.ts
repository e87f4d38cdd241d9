import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../src/rllib/frames.ts';
import { type EpisodeChunk, episodesMessage, serverState } from '../../src/rllib/messages.ts';
import { message } from './golden.ts';

type Wire = ReadonlyMap<unknown, unknown>;

/** The types and shapes of a message: keys as text, arrays by type and shape, scalars by kind. */
function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outline);
  if (Buffer.isBuffer(value)) return 'bytes';
  if (!(value instanceof Map)) return value === null ? 'null' : typeof value;
  const fields = [...value].map(([key, field]) => [String(key), Buffer.isBuffer(key), field] as const);
  if (fields.some(([key, isBinary]) => key === 'nd' && isBinary)) {
    const array = Object.fromEntries(fields.map(([key, , field]) => [key, field]));
    return `${array.type} [${array.shape}], ${array.data.length} bytes`;
  }
  return Object.fromEntries(fields.map(([key, , field]) => [key, outline(field)]));
}

const chunk = (steps: number, lookback: number, changes: Partial<EpisodeChunk>): EpisodeChunk => {
  const rows = steps + lookback;
  return {
    id: 'x',
    tStarted: 0,
    steps,
    lookback,
    observations: new Float32Array(3 * (rows + 1)),
    observationSize: 3,
    actions: new BigInt64Array(rows),
    actionSize: undefined,
    rewards: new Float32Array(rows),
    inputs: new Float32Array(3 * rows),
    logp: new Float32Array(rows),
    state: { h: new Float32Array(2 * rows), c: new Float32Array(2 * rows) },
    isTerminated: false,
    isTruncated: false,
    startTime: 0.5,
    lastStepTime: 1.5,
    ...changes,
  };
};

const sent = (chunks: readonly EpisodeChunk[]): Wire =>
  new FrameDecoder().push(Buffer.from(encodeFrame(episodesMessage(chunks))))[0]!;

describe('EPISODES', () => {
  // What Ray packed of its own episodes: whole, cut off, and the rest of the cut one with one step of lookback.
  const ours = sent([
    chunk(3, 0, { isTruncated: true }),
    chunk(2, 0, {}),
    chunk(2, 1, { tStarted: 2, isTerminated: true }),
  ]);
  const recorded = (message('episodes').get('episodes') as Wire[]).map((episode) => outline(episode));
  const written = (ours.get('episodes') as Wire[]).map((episode) => outline(episode));

  it('has the fields and shapes that Ray gives its own episodes', () => {
    for (const [i, one] of written.entries()) {
      const wanted = recorded[i] as Record<string, unknown>;
      // Ray keeps rewards in double precision with a space of their own; single precision is what it learns with.
      const { rewards, ...rest } = one as Record<string, unknown>;
      const { rewards: _, ...others } = wanted;
      expect(rest).toEqual(others);
      const rows = i === 1 ? 2 : 3;
      expect(rewards).toMatchObject({ data: `<f4 [${rows}], ${4 * rows} bytes`, space: 'null' });
    }
  });

  it('has the counts of Ray where a chunk goes on', () => {
    const counts = (episode: Wire): unknown[] =>
      ['t_started', 't', 'is_terminated', 'is_truncated'].map((key) => episode.get(key));
    const lookback = (episode: Wire): unknown => (episode.get('observations') as Wire).get('lookback');
    for (const [i, episode] of (ours.get('episodes') as Wire[]).entries()) {
      const wanted = (message('episodes').get('episodes') as Wire[])[i]!;
      expect(counts(episode)).toEqual(counts(wanted));
      expect(lookback(episode)).toBe(lookback(wanted));
    }
  });

  it('counts its steps without the lookback', () => {
    expect(ours.get('timesteps')).toBe(7);
  });

  it('has a row per action where an action is several numbers, and no state without LSTM', () => {
    const box = chunk(2, 0, { actions: Float32Array.of(1, 2, 3, 4), actionSize: 2, state: undefined });
    const [episode] = sent([box]).get('episodes') as Wire[];
    const { actions, extra_model_outputs: extra } = outline(episode) as Record<string, Record<string, unknown>>;
    expect(actions!.data).toBe('<f4 [2,2], 16 bytes');
    expect(Object.keys(extra!)).toEqual(['action_dist_inputs', 'action_logp']);
  });
});

describe('SET_STATE', () => {
  it('brings weights and their number', () => {
    const state = serverState(message('mlp'));
    expect(state.weightsSeqNo).toBe(3);
    expect(state.parameters().get('pi.net.mlp.0.weight')?.shape).toEqual([3, 7]);
  });

  it.each([
    ['no state', {}],
    ['a state without weights', { state: new Map([['weights_seq_no', 1]]) }],
    [
      'a number that is none',
      {
        state: new Map<string, unknown>([
          ['rl_module', new Map()],
          ['weights_seq_no', 'x'],
        ]),
      },
    ],
  ])('is refused with %s', (_, fields) => {
    const received = new Map<unknown, unknown>(Object.entries({ type: 'SET_STATE', ...fields }));
    expect(() => serverState(received)).toThrow(expect.objectContaining({ code: 'RLLINK_PROTOCOL' }));
  });
});
