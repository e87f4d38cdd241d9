import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectRllib, type RllibIteration, type RllibOptions, type RllibResult } from '@ergodic/learning';
import { afterEach, describe, expect, it } from 'vitest';
import { environmentConfig, OBSERVATIONS } from './environment.ts';
import { type FakeOptions, FakeServer, stepsOf } from './fake-server.ts';
import { weightsOf } from './weights.ts';

const BATCH = 130;
const SIZES = { observations: OBSERVATIONS, actions: 3 };
const config = environmentConfig();
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

async function serve(options: Partial<FakeOptions> = {}): Promise<FakeServer> {
  const weights = (update: number) => weightsOf(1 + update, SIZES);
  const server = await FakeServer.start({ trainBatchSize: BATCH, weights, ...options });
  servers.push(server);
  return server;
}

/** Stops listening and frees the port: the next one can have it. */
async function kill(server: FakeServer): Promise<void> {
  servers.splice(servers.indexOf(server), 1);
  await server.kill();
}

function session(url: string, options: Partial<RllibOptions> = {}): Promise<RllibResult> {
  return connectRllib({ url, config, workers: 1, environments: 4, trainBatchSize: BATCH, ...options });
}

/** Number of an episode, in what was sent of it. */
function numberOf(episode: ReadonlyMap<string, unknown>): number {
  return Number(String(episode.get('id_')).split('-').at(-1));
}

/** All that was sent, in order, but for names and wall clocks. */
function played(server: FakeServer): unknown[] {
  return server.episodes.map((episode) => {
    const { id_: _, _start_time: __, _last_step_time: ___, ...rest } = Object.fromEntries(episode);
    return { number: numberOf(episode), ...rest };
  });
}

describe('a session with a server', () => {
  it('plays each batch with the weights that the batch before led to', async () => {
    const server = await serve();
    const reports: RllibIteration[] = [];
    const result = await session(server.url, { iterations: 3, onIteration: (report) => void reports.push(report) });
    expect(result).toMatchObject({
      status: 'completed',
      iterations: 3,
      steps: 3 * BATCH,
      reconnects: 0,
      policyVersion: 3,
    });
    expect(server.steps).toBe(3 * BATCH);
    expect(server.connections).toBe(1);
    expect(reports.map(({ policyVersion, steps }) => [policyVersion, steps])).toEqual([
      [0, BATCH],
      [1, BATCH],
      [2, BATCH],
    ]);
  });

  it('sends the same, in the same order, with any number of threads', async () => {
    const results: unknown[] = [];
    for (const workers of [1, 2, 3]) {
      const server = await serve();
      await session(server.url, { workers, iterations: 3 });
      results.push(played(server));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('tells each episode that ended once, with its figures', async () => {
    const server = await serve();
    const told = new Map<number, number>();
    let fields: readonly string[] = [];
    const result = await session(server.url, {
      iterations: 4,
      onStart: (start) => {
        ({ fields } = start);
      },
      onEpisodes: ({ episodes, figures }, { iteration, policyVersion }) => {
        expect(policyVersion).toBe(iteration - 1);
        for (const [i, episode] of episodes.entries()) {
          expect(told.has(episode)).toBe(false);
          told.set(episode, figures[i * fields.length + fields.indexOf('totalReward')]!);
        }
      },
    });
    const rewards = new Map<number, number>();
    for (const episode of server.episodes) {
      const { data } = Object.fromEntries(episode.get('rewards') as ReadonlyMap<string, ReadonlyMap<Buffer, Buffer>>);
      const sum = new Float32Array(Uint8Array.from([...data!.values()].at(-1)!).buffer).reduce((a, b) => a + b, 0);
      rewards.set(numberOf(episode), (rewards.get(numberOf(episode)) ?? 0) + sum);
    }
    expect(told.size).toBe(result.episodes);
    expect(told.size).toBeGreaterThan(20);
    // Twenty rewards of size 0.05, rounded to float32 and added.
    for (const [episode, reward] of told) expect(Math.abs(rewards.get(episode)! - reward)).toBeLessThan(1e-6);
    expect(result.nextEpisode).toBeGreaterThan(Math.max(...rewards.keys()));
  });

  it('begins at the episode that it is told, and plays no other', async () => {
    const server = await serve();
    await session(server.url, { iterations: 1, firstEpisode: 40 });
    expect(new Set(server.episodes.map(numberOf))).toEqual(new Set([40, 41, 42, 43, 44, 45, 46, 47]));
  });

  it('sends the state of an LSTM, and what a chunk needs of the one before', async () => {
    const server = await serve({ weights: (update) => weightsOf(1 + update, { ...SIZES, lstm: 4 }) });
    await session(server.url, { iterations: 2 });
    const lookbacks = server.episodes.map((episode) => {
      const extra = episode.get('extra_model_outputs') as ReadonlyMap<string, ReadonlyMap<string, unknown>>;
      const isContinued = (episode.get('t_started') as number) > 0;
      expect(extra.get('state_out')!.get('lookback')).toBe(isContinued ? 1 : 0);
      return isContinued;
    });
    expect(lookbacks).toContain(true);
  });

  it('goes on with a server that was killed and came back, from its weights, and plays again what may be lost', async () => {
    const first = await serve();
    const { port, url } = first;
    const notices: string[] = [];
    const versions: number[] = [];
    const told: number[] = [];
    let second: FakeServer | undefined;
    const result = await session(url, {
      iterations: 5,
      onNotice: (text) => notices.push(text),
      onEpisodes: ({ episodes }) => void told.push(...episodes),
      onIteration: async ({ iteration, policyVersion }) => {
        versions.push(policyVersion);
        if (iteration !== 2) return;
        await kill(first);
        // Its last checkpoint is one update old.
        second = await serve({ port, update: 1 });
      },
    });
    expect(result).toMatchObject({ status: 'completed', iterations: 5, reconnects: 1 });
    expect(versions).toEqual([0, 1, 1, 2, 3]);
    expect(second!.steps).toBe(3 * BATCH);
    expect(notices.join('\n')).toContain('connected again: weights 1');
    expect(new Set(told).size).toBe(told.length);
    // Nothing that the second server got belongs to an episode whose start it did not get.
    const starts = new Map<unknown, number>();
    for (const episode of second!.episodes) {
      const id = episode.get('id_');
      expect(episode.get('t_started')).toBe(starts.get(id) ?? 0);
      starts.set(id, (episode.get('t_started') as number) + stepsOf(episode));
    }
  });

  it.each([
    ['its answer', 'GET_STATE', 0.5],
    ['nothing of its answer', 'GET_STATE', 0],
    ['all but the last byte', 'GET_STATE', 1],
    ['no more episodes', 'EPISODES', 0],
  ])('survives a server that dies with %s sent', async (_, at, share) => {
    let requests = 0;
    const server = await serve({
      intercept: (type, socket, self) => {
        if (type !== at || ++requests !== 3) return false;
        const bytes = self.stateFrame();
        const sent = Math.min(bytes.length - 1, Math.floor(share * bytes.length));
        if (sent > 0) socket.write(bytes.subarray(0, sent), () => socket.destroy());
        else socket.destroy();
        return true;
      },
    });
    const result = await session(server.url, { iterations: 4 });
    expect(result).toMatchObject({ status: 'completed', iterations: 4, reconnects: 1 });
    expect(server.connections).toBe(2);
  });

  it('waits for a server that is not there yet', async () => {
    const reserved = await serve();
    const { port, url } = reserved;
    await kill(reserved);
    const notices: string[] = [];
    let ended: Promise<RllibResult> | undefined;
    await new Promise<void>((resolve) => {
      ended = session(url, {
        iterations: 1,
        onNotice: (text) => {
          notices.push(text);
          if (text.includes('nothing listens')) resolve();
        },
      });
    });
    await serve({ port });
    await expect(ended).resolves.toMatchObject({ status: 'completed', reconnects: 0 });
    expect(notices.filter((text) => text.includes('nothing listens'))).toHaveLength(1);
  });

  it('gives up after as long as it was told', async () => {
    const gone = await serve();
    const { url } = gone;
    await kill(gone);
    await expect(session(url, { giveUpMs: 300 })).rejects.toEqual(
      expect.objectContaining({ code: 'RLLINK_GAVE_UP', message: expect.stringContaining('nothing listens there') }),
    );
  });

  it('takes a port that has been a server for one, but ends where there never was one', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('220 mail.example.org ESMTP\r\n');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const never = session(`rllib://127.0.0.1:${port}`);
    await expect(never).rejects.toEqual(expect.objectContaining({ code: 'RLLINK_PROTOCOL' }));
    other.close();
    let requests = 0;
    const server = await serve({
      intercept: (type, socket) => {
        if (type !== 'GET_STATE' || ++requests !== 3) return false;
        socket.write('garbage');
        return true;
      },
    });
    await expect(session(server.url, { iterations: 3 })).resolves.toMatchObject({ status: 'completed', reconnects: 1 });
  });

  it('ends where the weights do not fit the config', async () => {
    const server = await serve({ weights: () => weightsOf(1, { observations: 9, actions: 3 }) });
    await expect(session(server.url)).rejects.toEqual(
      expect.objectContaining({ code: 'RLLINK_MODULE', message: expect.stringContaining('[6, 5]') }),
    );
  });

  it('asks again where a server learns slowly, and does not take old weights for new', async () => {
    // It needs twice the steps that it is sent: the client must not go on before it has them.
    let asked = 0;
    const server = await serve({
      intercept: (type, _, self) => {
        if (type === 'GET_STATE' && ++asked === 8) self.update += 1;
        return false;
      },
      trainBatchSize: 2 * BATCH,
    });
    const result = await session(server.url, { iterations: 1 });
    expect(result).toMatchObject({ iterations: 1, policyVersion: 1 });
    expect(server.steps).toBe(BATCH);
    expect(asked).toBe(8);
  });

  it('counts only an update after its first steps: one before is of what came earlier', async () => {
    let asked = 0;
    const server = await serve({
      // The server was learning from a client before when this one came: its update ends while the first batch is played.
      intercept: (type, _, self) => {
        if (type === 'GET_STATE' && ++asked === 2) self.update++;
        return false;
      },
    });
    const versions: number[] = [];
    await session(server.url, { iterations: 2, onIteration: ({ policyVersion }) => void versions.push(policyVersion) });
    expect(versions).toEqual([0, 2]);
  });

  it('ends at once when it is interrupted, wherever it is', async () => {
    for (const at of ['GET_STATE', 'EPISODES', 'PING']) {
      const controller = new AbortController();
      const server = await serve({
        intercept: (type) => {
          if (type === at) controller.abort();
          return type === at;
        },
      });
      await expect(session(server.url, { signal: controller.signal })).resolves.toMatchObject({
        status: 'interrupted',
        iterations: 0,
        policyVersion: at === 'EPISODES' ? 0 : null,
      });
    }
    const gone = await serve();
    const { url } = gone;
    await kill(gone);
    const controller = new AbortController();
    const waiting = session(url, { signal: controller.signal, onNotice: () => controller.abort() });
    await expect(waiting).resolves.toMatchObject({ status: 'interrupted', nextEpisode: 0 });
  });

  it('fails where a callback fails', async () => {
    const server = await serve();
    const broken = session(server.url, {
      onEpisodes: () => {
        throw new Error('no room');
      },
    });
    await expect(broken).rejects.toThrow('no room');
  });

  it.each([
    [{ workers: 0 }, 'workers must be a whole number of 1 or more, got 0'],
    [{ environments: 1.5 }, 'environments must be a whole number of 1 or more, got 1.5'],
    [{ trainBatchSize: 3 }, 'trainBatchSize must be at least the number of environments (4), got 3'],
    [{ firstEpisode: -1 }, 'firstEpisode must be a whole number of 0 or more, got -1'],
  ])('refuses %j', async (options, rule) => {
    await expect(session('rllib://127.0.0.1:1', options)).rejects.toThrow(rule);
  });

  it('ends where a thread makes no step any more', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'ergodic-rllib-'));
    const use = path.join(dir, 'stuck.mjs');
    const text = `export default {
      name: 'stuck',
      parameters: {},
      create: () => ({ begin() {}, evaluate() { for (;;); } }),
    };`;
    writeFileSync(use, text);
    const server = await serve();
    const stuck = environmentConfig({ rewards: [{ use }], limits: { stallSeconds: 1 } });
    await expect(session(server.url, { config: stuck })).rejects.toEqual(
      expect.objectContaining({ code: 'RLLINK_ACTOR', message: expect.stringContaining('no step for 1 s') }),
    );
    rmSync(dir, { recursive: true });
  });

  it('tells what is wrong with a config', async () => {
    const wrong = environmentConfig({ environment: { observations: [{ use: 'returns', count: -1 }] } });
    await expect(session('rllib://127.0.0.1:1', { config: wrong })).rejects.toEqual(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
