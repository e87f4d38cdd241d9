import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeOptions, FakeServer } from '../../../learning/test/rllib/fake-server.ts';
import { weightsOf } from '../../../learning/test/rllib/weights.ts';
import { ergodic, start } from './ergodic.ts';

const BATCH = 64;
const CONFIG = `seed: connect
steps: 20
markets:
  COIN: { process: gbm, price: 100, drift: 0, volatility: 2 }
environment:
  observations: [{ use: returns, count: 4 }, { use: position }]
`;

const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-connect-'));
beforeAll(() => writeFileSync(path.join(folder, 'ergodic.yaml'), CONFIG));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

async function serve(options: Partial<FakeOptions> = {}): Promise<FakeServer> {
  const weights = (update: number) => weightsOf(1 + update, { observations: 5, actions: 3 });
  const server = await FakeServer.start({ trainBatchSize: BATCH, weights, ...options });
  servers.push(server);
  return server;
}

const batch = ['--train-batch-size', String(BATCH), '--environments', '2', '--workers', '2'];

describe('ergodic connect', () => {
  it('plays so many iterations, tells each on standard error, and prints one JSON document', async () => {
    const server = await serve();
    const { code, stdout, stderr } = await ergodic(
      folder,
      'connect',
      server.url,
      'ergodic.yaml',
      ...batch,
      '--iterations',
      '2',
      '--json',
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      status: 'completed',
      iterations: 2,
      steps: 2 * BATCH,
      policyVersion: 2,
    });
    expect(document.reports).toHaveLength(2);
    expect(document.summary.episodes.completed).toBe(document.episodes);
    expect(stderr).toContain('for a server with --observations 5 --actions 3');
    expect(stderr).toMatch(/iteration 1, policy 0: \d+ episodes, mean reward/);
    expect(stderr).toMatch(/iteration 2, policy 1: /);
    expect(server.steps).toBe(2 * BATCH);
  });

  it('says in words what was done, and takes the config of the folder', async () => {
    const server = await serve();
    const outcome = await ergodic(folder, 'connect', server.url, ...batch, '--iterations', '1');
    expect(outcome).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 iterations, 64 steps, \d+ episodes, policy 1\n$/),
    });
  });

  it('ends with 130 after an interrupt, and goes on in its run directory', async () => {
    const server = await serve();
    const running = start(folder, 'connect', server.url, 'ergodic.yaml', ...batch, '--out', 'run');
    await running.said('iteration 3,');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain(`interrupted; go on with: ergodic connect ${server.url} ergodic.yaml --out run\n`);
    const again = await ergodic(folder, 'connect', server.url, ...batch, '--out', 'run', '--iterations', '1');
    expect(again).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/going on after \d+ iterations, at episode \d+/),
    });
    const table = await ergodic(folder, 'export', 'run', '--table', 'episodes', '--format', 'csv');
    const [header, ...rows] = table.stdout.trim().split('\n');
    expect(header).toMatch(/,trainingIteration,policyVersion$/);
    const episodes = rows.map((row) => row.split(',')[0]);
    expect(new Set(episodes).size).toBe(episodes.length);
  });

  it('ends with 1 where there is no server for as long as was allowed', async () => {
    const gone = await serve();
    const { url } = gone;
    servers.pop();
    await gone.kill();
    const { code, stderr } = await ergodic(folder, 'connect', url, '--give-up', '1', '--out', 'gone');
    expect(code).toBe(1);
    expect(stderr).toContain('nothing listens there (ECONNREFUSED); trying again');
    expect(stderr).toContain('error: no connection for 1 s, giving up');
    expect(existsSync(path.join(folder, 'gone'))).toBe(false);
  });

  it('ends with 1 where something else answers', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stderr } = await ergodic(folder, 'connect', `rllib://127.0.0.1:${port}`);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`error: 127.0.0.1:${port} is no RLlink server`);
    expect(stderr).toContain('got "HTTP/1.1 400 Bad"');
  });

  it('ends with 2 where the weights do not fit the config, with both shapes', async () => {
    const server = await serve();
    const wider = 'environment.observations[0].count=6';
    const { code, stderr } = await ergodic(folder, 'connect', server.url, ...batch, '--set', wider);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'must have the shape [6, 7], for the config has 7 numbers an observation; the server sent [6, 5]',
    );
  });

  it.each([
    [['rllib://192.0.2.7:9900'], 'must be an address of this computer (127.0.0.1), got 192.0.2.7'],
    [['http://127.0.0.1:9900'], 'must begin with rllib://, got http://'],
    [['rllib://127.0.0.1:9900', 'missing.yaml'], 'missing.yaml: there is no such file'],
    [
      ['rllib://127.0.0.1:9900', '--train-batch-size', '8'],
      '--train-batch-size 8: must be at least the number of environments, 16',
    ],
    [['rllib://127.0.0.1:9900', '--set', 'environment.observations[0].count=0'], 'count'],
    [['rllib://127.0.0.1:9900', '--activation', 'gelu'], 'tanh, relu, silu'],
    [['rllib://127.0.0.1:9900', '--out', 'ergodic.yaml/run'], 'cannot be a run directory'],
    [[], "missing required argument 'url'"],
  ])('ends with 2 for %j', async (args, text) => {
    const { code, stderr } = await ergodic(folder, 'connect', ...args);
    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });
});
