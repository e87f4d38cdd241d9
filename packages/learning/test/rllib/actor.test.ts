import { type ComponentDefinition, type RewardDefinition, VectorEnvironment } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { Actor, type Collected, type Lanes } from '../../src/rllib/actor.ts';
import { FrameDecoder } from '../../src/rllib/frames.ts';
import { environmentConfig, OBSERVATIONS } from './environment.ts';
import { weightsOf } from './weights.ts';

type Wire = ReadonlyMap<string, unknown>;

const config = environmentConfig();
const weights = weightsOf(1, { observations: OBSERVATIONS, actions: 3 });
const recurrent = weightsOf(2, { observations: OBSERVATIONS, actions: 3, lstm: 4 });
const never = (): boolean => false;

function actorOf(lanes: Lanes, parameters = weights): Actor {
  const actor = new Actor(config, {}, lanes, 'tanh');
  actor.rewind('a');
  actor.load(parameters);
  return actor;
}

function collect(actor: Actor, quotas: readonly number[]): Collected[] {
  const all: Collected[] = [];
  actor.collect(quotas, (collected) => all.push(collected), never);
  return all;
}

function episodesOf(collected: readonly Collected[]): Wire[] {
  const messages = collected.flatMap(({ frame }) => new FrameDecoder().push(Buffer.from(frame)));
  return messages.flatMap((message) => message.get('episodes') as Wire[]);
}

/** A column of an episode as numbers. */
function column(episode: Wire, name: string): number[] {
  const extra = episode.get('extra_model_outputs') as Wire;
  const { data } = Object.fromEntries((episode.get(name) ?? extra.get(name)) as Wire);
  const bytes = Uint8Array.from([...(data as Map<Buffer, unknown>).values()].at(-1) as Buffer).buffer;
  return name === 'actions' ? [...new BigInt64Array(bytes)].map(Number) : [...new Float32Array(bytes)];
}

/** All but the wall clock. */
function timeless(episode: Wire): unknown {
  const { _start_time: _, _last_step_time: __, ...rest } = Object.fromEntries(episode);
  return rest;
}

describe('Actor', () => {
  it('plays exactly the steps that it was asked for, in each lane', () => {
    const actor = actorOf({ first: 0, count: 3, of: 3 });
    for (const quotas of [
      [7, 8, 0],
      [1, 1, 1],
      [45, 20, 19],
    ]) {
      const collected = collect(actor, quotas);
      const lengths = new Map<string, number>();
      for (const episode of episodesOf(collected)) {
        const steps = (episode.get('t') as number) - (episode.get('t_started') as number);
        const lane = String(Number(String(episode.get('id_')).split('-')[1]) % 3);
        lengths.set(lane, (lengths.get(lane) ?? 0) + steps);
      }
      expect(quotas.map((_, lane) => lengths.get(String(lane)) ?? 0)).toEqual(quotas);
      expect(collected.reduce((sum, { steps }) => sum + steps, 0)).toBe(quotas.reduce((a, b) => a + b));
    }
  });

  it.each([
    ['an MLP', weights],
    ['an LSTM', recurrent],
  ])('plays the same episodes alone and among others, with %s', (_, parameters) => {
    const together = actorOf({ first: 0, count: 4, of: 4 }, parameters);
    const alone = [0, 1, 2, 3].map((first) => actorOf({ first, count: 1, of: 4 }, parameters));
    for (const steps of [13, 30, 7]) {
      const one = episodesOf(collect(together, [steps, steps, steps, steps]));
      const others = alone.flatMap((actor) => episodesOf(collect(actor, [steps])));
      expect(one.map(timeless)).toEqual(others.map(timeless));
    }
  });

  it('plays the episodes that its numbers say', () => {
    const actor = actorOf({ first: 2, count: 2, of: 5 });
    const collected = collect(actor, [60, 40]);
    expect(collected.flatMap(({ ended }) => [...ended.episodes])).toEqual([2, 7, 12, 3, 8]);
  });

  it('sends what the environment gives for the actions that it sends', () => {
    const [episode] = episodesOf(collect(actorOf({ first: 6, count: 1, of: 1 }), [20]));
    const actions = column(episode!, 'actions');
    const environment = new VectorEnvironment(config, { count: 1, autoreset: 'disabled' });
    environment.reset({ episodes: [6] });
    const observations = [...environment.observations];
    const rewards: number[] = [];
    for (const action of actions) {
      environment.step([action]);
      observations.push(...environment.observations);
      rewards.push(Math.fround(environment.rewards[0]!));
    }
    expect(column(episode!, 'observations')).toEqual(observations);
    expect(column(episode!, 'rewards')).toEqual(rewards);
    expect(environment.truncations[0]).toBe(1);
    expect(episode!.get('is_truncated')).toBe(true);
    expect(new Set(actions)).toEqual(new Set([0, 1, 2]));
  });

  it('goes on in an episode that was cut as if it had not been, also with an LSTM', () => {
    const [whole] = episodesOf(collect(actorOf({ first: 0, count: 1, of: 1 }, recurrent), [20]));
    const actor = actorOf({ first: 0, count: 1, of: 1 }, recurrent);
    const parts = [3, 1, 9, 7].flatMap((steps) => episodesOf(collect(actor, [steps])));
    expect(parts.map((part) => part.get('t_started'))).toEqual([0, 3, 4, 13]);
    const joined = parts.flatMap((part, i) => column(part, 'actions').slice(i === 0 ? 0 : 1));
    expect(joined).toEqual(column(whole!, 'actions'));
  });

  it('plays an episode again from its start when it is rewound, under another name', () => {
    const actor = actorOf({ first: 0, count: 1, of: 1 });
    const [before] = episodesOf(collect(actor, [12]));
    actor.rewind('b');
    const [after] = episodesOf(collect(actor, [20]));
    expect([before!.get('id_'), after!.get('id_')]).toEqual(['a-0', 'b-0']);
    expect(column(after!, 'actions').slice(0, 12)).toEqual(column(before!, 'actions'));
    const [next] = episodesOf(collect(actor, [1]));
    expect(next!.get('id_')).toBe('b-1');
  });

  it('hands out what has ended when it is told to stop', () => {
    const actor = actorOf({ first: 0, count: 1, of: 1 });
    let asked = 0;
    const all: Collected[] = [];
    actor.collect(
      [1_000],
      (collected) => all.push(collected),
      () => ++asked > 45,
    );
    expect(all.flatMap(({ ended }) => [...ended.episodes])).toEqual([0, 1]);
    actor.rewind('b');
    expect(episodesOf(collect(actor, [1]))[0]!.get('id_')).toBe('b-2');
  });

  it('takes a module with an LSTM after one without', () => {
    const actor = actorOf({ first: 0, count: 1, of: 1 });
    collect(actor, [5]);
    actor.rewind('b');
    actor.load(recurrent);
    const [episode] = episodesOf(collect(actor, [5]));
    expect((episode!.get('extra_model_outputs') as Wire).has('state_out')).toBe(true);
  });

  it('counts an episode that fails, and goes on with the next', () => {
    const failing = environmentConfig({ components: [{ use: './failing.ts' }] });
    const component: ComponentDefinition = {
      name: 'failing',
      parameters: {},
      create: () => ({
        onMarket: ({ step }) => {
          if (step === 8) throw new Error('no more');
        },
      }),
    };
    const actor = new Actor(
      failing,
      { components: { './failing.ts': component } },
      { first: 0, count: 1, of: 1 },
      'tanh',
    );
    actor.rewind('a');
    actor.load(weights);
    const collected = collect(actor, [50]);
    const ended = collected.flatMap((one) => [...one.ended.episodes]);
    expect(ended).toEqual([0, 1, 2, 3, 4, 5]);
    expect(collected.flatMap((one) => [...one.ended.ends])).toEqual(ended.map(() => 2));
    expect(collected.flatMap((one) => one.ended.failures)[0]).toEqual({
      code: 'COMPONENT_ERROR',
      message: expect.stringContaining('no more'),
    });
    const episodes = episodesOf(collected);
    expect(column(episodes[0]!, 'rewards')).toHaveLength(8);
    expect(column(episodes[0]!, 'rewards')[7]).toBe(0);
    expect(episodes[0]!.get('is_truncated')).toBe(true);
  });

  it('refuses to send a reward that is no number', () => {
    const nothing: RewardDefinition = {
      name: 'nothing',
      parameters: {},
      create: () => ({ begin() {}, evaluate: (_, from, to, out) => void out.fill(Number.NaN, from, to + 1) }),
    };
    const odd = environmentConfig({ rewards: [{ use: './nothing.ts' }] });
    const actor = new Actor(odd, { rewards: { './nothing.ts': nothing } }, { first: 3, count: 1, of: 4 }, 'tanh');
    actor.rewind('a');
    actor.load(weights);
    expect(() => collect(actor, [1])).toThrow('episode 3, step 1: a reward to learn from must be finite, got NaN');
  });

  it('asks for weights first', () => {
    const actor = new Actor(config, {}, { first: 0, count: 1, of: 1 }, 'tanh');
    expect(() => actor.collect([1], () => {}, never)).toThrow('call load first');
  });
});
