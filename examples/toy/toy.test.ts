import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Environment, parseTrainingConfig } from '@ergodic/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createInfluxHandler } from './influx.mjs';
import { readOptions, UsageError } from './options.mjs';
import { create, query } from './store.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const home = mkdtempSync(path.join(tmpdir(), 'ergodic-toy-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const TRAINING = { agent: { use: 'q-learning', discount: 0.5 }, iterations: 10, episodes: 16, evaluationEpisodes: 80 };
const SMALL = { steps: 250, training: TRAINING };
const DECISIONS = 250 - 100;
/** Random ones before, those of training, and new ones for both agents. */
const EPISODES = 80 + 10 * 16 + 2 * 80;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function readConfig(name: string, changes: object = SMALL): Record<string, unknown> {
  return { ...parse(readFileSync(path.join(HERE, name), 'utf8')), ...changes };
}

function writeConfig(name: string, config: object): string {
  const file = path.join(home, name);
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Runs the toy; `onLine` hears standard error. */
async function toy(args: readonly string[], onLine?: (text: string, stop: () => void) => void): Promise<Outcome> {
  const child = spawn(process.execPath, [path.join(HERE, 'toy.mjs'), ...args], { cwd: home });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece;
    onLine?.(stderr, () => child.kill('SIGINT'));
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

async function results(market: string, workers: number) {
  const name = `${market}-${workers}`;
  const config = writeConfig(`${name}.json`, readConfig(`${market}.yaml`));
  const { code, stdout, stderr } = await toy(['--config', config, '--workers', String(workers), '--out', name]);
  expect(code, stderr).toBe(0);
  const out = path.join(home, name);
  return { stdout, file: path.join(out, 'actions.duckdb'), ...JSON.parse(readFileSync(`${out}/results.json`, 'utf8')) };
}

describe('on a market that can be predicted', () => {
  let one: Awaited<ReturnType<typeof results>>;
  let two: Awaited<ReturnType<typeof results>>;

  beforeAll(async () => {
    one = await results('predictable', 1);
    two = await results('predictable', 2);
  });

  it('gives the same actions, to the last bit, with 1 and 2 workers', () => {
    expect(two.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(two.digest).toBe(one.digest);
    expect(two.weights).toEqual(one.weights);
    for (const { stdout, digest } of [one, two]) expect(stdout).toContain(`digest ${digest}`);
  });

  it('stores every decision once', async () => {
    const [{ rows, different }] = await query(
      two.file,
      `SELECT count(*)::INTEGER AS rows, count(DISTINCT (stage, agent, episode, step))::INTEGER AS different FROM actions`,
    );
    expect(rows).toBe(EPISODES * DECISIONS);
    expect(different).toBe(rows);
    expect(two.actions).toBe(rows);
  });

  it('learns: it beats the random agent on new episodes by more than 4 standard errors', () => {
    const { mean, ci95 } = two.evaluation.difference;
    // Half an interval is about 2 standard errors; by chance alone 4 of them are exceeded less than once in 10,000 times.
    expect(mean).toBeGreaterThan(2 * (ci95[1] - mean));
    expect(two.stdout).toContain('q-learning beats the random agent');
  });

  it('stored what happened: the actions, played again, give the same equity', async () => {
    const stored = (await query(
      two.file,
      `SELECT episode, action, reward, equity FROM actions
       WHERE stage = 'evaluation' AND agent = 'q-learning' AND episode < 163 ORDER BY episode, step`,
    )) as unknown as { episode: number; action: number; reward: number; equity: number }[];
    expect(stored).toHaveLength(3 * DECISIONS);
    const environment = new Environment(parseTrainingConfig(readConfig('predictable.yaml')));
    for (const [i, { episode, action, reward, equity }] of stored.entries()) {
      if (i % DECISIONS === 0) environment.reset({ options: { episode } });
      const [, again, , , info] = environment.step(action);
      expect([again, info.equity]).toEqual([reward, equity]);
    }
  });
});

describe('on a martingale', () => {
  it('learns nothing: both agents earn the same, within 4 standard errors', async () => {
    const { evaluation } = await results('martingale', 2);
    const { mean, ci95 } = evaluation.difference;
    expect(Math.abs(mean)).toBeLessThan(2 * (ci95[1] - mean));
    // They did not do the same.
    expect(mean).not.toBe(0);
  });
});

describe('when it is interrupted', () => {
  it('leaves a store that holds whole episodes', async () => {
    const config = writeConfig('long.json', readConfig('predictable.yaml', { steps: 250 }));
    const { code, stderr } = await toy(['--config', config, '--workers', '2', '--out', 'stopped'], (text, stop) => {
      if (text.includes('iteration 2/') && !text.includes('stopping')) stop();
    });
    expect(code, stderr).toBe(130);
    const [, said] = /the (\d+) actions so far are in/.exec(stderr)!;
    const rows = await query(
      path.join(home, 'stopped/actions.duckdb'),
      'SELECT episode, count(*)::INTEGER AS actions FROM actions GROUP BY stage, agent, episode',
    );
    expect(rows.length).toBeGreaterThanOrEqual(200 + 2 * 32);
    for (const { actions } of rows) expect(actions).toBe(DECISIONS);
    expect(rows.length * DECISIONS).toBe(Number(said));
  });
});

describe('a wrong command line or config', () => {
  const predictable = readConfig('predictable.yaml');
  const environment = predictable.environment as object;
  const cases: [place: string, args: readonly string[], config: object | undefined, message: RegExp][] = [
    ['workers', ['--workers', '0'], undefined, /--workers must be a whole number from 1 to 64, got 0; for example/],
    ['an option', ['--wrokers', '2'], undefined, /Unknown option '--wrokers'; --help lists/],
    ['a folder', ['--out', HERE], undefined, /--out must be a new or empty folder, got .*; name another/],
    [
      'a file',
      ['--config', 'nope.yaml'],
      undefined,
      /--config must be a file that can be read, got nope.yaml \(ENOENT\)/,
    ],
    ['a key', [], { ...predictable, stepz: 3 }, /stepz: is not a known key, got 3; did you mean steps/],
    [
      'observations',
      [],
      { ...predictable, environment: { ...environment, observations: [{ use: 'position' }] } },
      /environment.observations: must have the prediction .* add \{ use: prediction \}, got \["position"\]/,
    ],
    [
      'actions',
      [],
      { ...predictable, environment: { ...environment, actions: { use: 'orders' } } },
      /environment.actions.use: .* must be discrete, with one market, got "orders"/,
    ],
    [
      'an agent',
      [],
      { ...predictable, training: { agent: { use: 'random' } } },
      /training.agent.use: must be an agent that learns: .*, got "random"/,
    ],
  ];

  it.each(cases)('%s: an error says what is wrong', (place, args, config, message) => {
    const file = config === undefined ? [] : ['--config', writeConfig(`${place.replace(' ', '-')}.json`, config)];
    expect(() => readOptions([...args, ...file])).toThrow(UsageError);
    expect(() => readOptions([...args, ...file])).toThrow(message);
  });

  it('ends with exit code 2, says so in one line, and writes nothing', async () => {
    const { code, stdout, stderr } = await toy(['--workers', '0', '--out', 'unused']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: --workers must be .*\n$/);
    expect(existsSync(path.join(home, 'unused'))).toBe(false);
  });
});

/** Two steps of two episodes. */
const EVENTS = [0, 1].map((episode) => ({
  ...{ stage: 'training', agent: 'q-learning', iteration: 0, episode },
  rows: { step: [5, 6], prediction: [0.25, -1e-7], action: [2, 0], reward: [0.5, -0.125], equity: [10_000, 9_999.5] },
}));

describe('the node that stores actions', () => {
  it('replaces what a thread that died had stored already', async () => {
    const file = path.join(home, 'again.duckdb');
    const store = await create({ file });
    expect(await store.handle(EVENTS, { attempt: 1 })).toEqual([2, 2]);
    expect(await store.handle(EVENTS.slice(1), { attempt: 2 })).toEqual([2]);
    store.close();
    const rows = await query(file, 'SELECT * EXCLUDE (stage, agent, iteration) FROM actions ORDER BY episode, step');
    const expected = [0, 1].flatMap((episode) => [
      { episode, step: 5, prediction: 0.25, action: 2, reward: 0.5, equity: 10_000 },
      { episode, step: 6, prediction: -1e-7, action: 0, reward: -0.125, equity: 9_999.5 },
    ]);
    expect(rows).toEqual(expected);
  });
});

describe('the node that sends actions to InfluxDB', () => {
  const run = { run: 'toy-1', createdMs: 1_700_000_000_000, steps: 250 };

  it('sends again what a server that is busy did not take; each point has a time of its own', async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      bodies.push(body);
      response.writeHead(bodies.length === 1 ? 503 : 204, { 'retry-after': '0' }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const handle = createInfluxHandler({ url, org: 'o', bucket: 'b', token: 't' }, run);
    expect(await handle(EVENTS, { signal: new AbortController().signal })).toEqual([2, 2]);
    server.close();
    server.closeAllConnections();
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);
    const lines = bodies[1]!.trim().split('\n');
    expect(lines[0]).toBe(
      'actions,run=toy-1,stage=training,agent=q-learning ' +
        'iteration=0i,episode=0i,step=5i,action=2i,prediction=0.25,reward=0.5,equity=10000 1700000000000005000',
    );
    expect(new Set(lines.map((line) => line.split(' ').at(-1))).size).toBe(4);
  });

  it('fails at once where the server will never take them, and asks it no more', async () => {
    let requests = 0;
    const server = createServer((request, response) => {
      requests++;
      request.resume();
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"unauthorized access"}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const handle = createInfluxHandler({ url, org: 'o', bucket: 'b', token: 't' }, run);
    for (const _ of [1, 2]) {
      await expect(handle(EVENTS, { signal: new AbortController().signal })).rejects.toThrow('unauthorized');
    }
    expect(requests).toBe(1);
    server.close();
    server.closeAllConnections();
  });
});
