import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resumeEnsemble, runEnsemble, startEnsemble } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { configWith, folderWith, strategyText } from '../support.ts';
import {
  account,
  expectWhole,
  flood,
  influxOutput,
  pointsOfServer,
  pointsOfTables,
  runFile,
  spoolOf,
  TOKEN_NAME,
  testsWith,
  until,
} from './points.ts';
import { type FaultProxy, type FaultStep, startProxy } from './proxy.ts';
import { startInflux } from './servers.ts';

const influx = await startInflux();
const it = testsWith(influx);
const dir = folderWith();
let proxy: FaultProxy;
let digest: string;

beforeAll(async () => {
  if ('skipped' in influx) return;
  process.env[TOKEN_NAME] = influx.token;
  proxy = await startProxy(influx.url);
  digest = (await runEnsemble(flood({}), { dir: join(dir, 'without'), workers: 2 })).digest;
});

afterAll(async () => {
  if ('skipped' in influx) return;
  await proxy.stop();
  await influx.stop();
});

const FAULTS: [string, FaultStep[]][] = [
  ['429 with a Retry-After in seconds', [{ status: 429, headers: { 'retry-after': '1' }, times: 2 }]],
  ['503 without a word', [{ status: 503, body: '', times: 2 }]],
  ['500', [{ status: 500, times: 1 }]],
  ['a connection that is reset before anything arrived', [{ reset: 'before', times: 2 }]],
  ['a connection that is reset after everything was stored', [{ reset: 'after', times: 2 }]],
  ['an answer that breaks off', [{ truncate: 20, times: 1 }]],
  ['a slow server', [{ slowMs: 300, times: 6 }]],
  ['a server that is down for a while', [{ mode: 'down', ms: 1_500 }, 'pass']],
  ['a server that refuses everything for a moment', [{ status: 400, times: 8 }]],
  ['a limit of 20 kB a request', [{ maxBytes: 20_000 }]],
];

describe('all points arrive, once, and the digest stays, with', () => {
  for (const [name, steps] of FAULTS) {
    it(name, async (influx) => {
      const bucket = await influx.newBucket();
      proxy.clearCounts();
      void proxy.script(steps);
      const config = flood(influxOutput(proxy.url, influx, bucket));
      const summary = await runEnsemble(config, { dir: join(dir, bucket), workers: 2 });
      proxy.mode = 'pass';
      const points = await expectWhole(influx, join(dir, bucket), bucket);
      expect(summary.digest).toBe(digest);
      expect(summary.outputs).toEqual({ influx: { ...account(points, points), drainSeconds: expect.any(Number) } });
      expect(proxy.counts.maxConcurrent).toBeLessThanOrEqual(2);
      expect(spoolOf(join(dir, bucket)).waiting).toEqual([]);
    });
  }

  it('a server that is killed and comes back three times', async (influx) => {
    if (!influx.isOwn) return;
    const bucket = await influx.newBucket();
    const run = join(dir, bucket);
    const config = flood(influxOutput(influx.url, influx, bucket), { episodes: 600, record: { episodes: 200 } });
    const { done } = await startEnsemble(config, { dir: run, workers: 2 });
    for (let i = 0; i < 3; i++) {
      const { acknowledged } = spoolOf(run);
      await until(
        'more is acknowledged',
        () => spoolOf(run).acknowledged > acknowledged || runFile(run).status === 'completed',
      );
      await influx.kill();
      await influx.restart();
    }
    const summary = await done;
    const points = await expectWhole(influx, run, bucket);
    expect(summary.outputs?.influx).toMatchObject(account(points, points));
  });
});

describe('an output to InfluxDB', () => {
  it('waits in the spool while the token is wrong, and delivers when it is right', async (influx) => {
    const bucket = await influx.newBucket();
    const run = join(dir, bucket);
    const tokenFile = join(dir, 'token');
    const secret = 'wrong-5ecret-t0ken';
    writeFileSync(tokenFile, secret);
    const output = influxOutput(influx.url, influx, bucket, { token: undefined, tokenFile });
    const notices: string[] = [];
    const summary = await runEnsemble(flood(output), { dir: run, workers: 2, onNotice: (text) => notices.push(text) });
    const { produced } = summary.outputs!.influx!;
    expect(summary.outputs?.influx).toMatchObject(account(produced, 0, produced));
    expect(summary.digest).toBe(digest);
    expect(notices.join()).toContain('401');
    expect(notices.join() + JSON.stringify(summary) + readFileSync(join(run, 'run.json'), 'utf8')).not.toContain(
      secret,
    );
    writeFileSync(tokenFile, influx.token);
    const resumed = await (await resumeEnsemble(run)).done;
    expect(await expectWhole(influx, run, bucket)).toBe(produced);
    expect(resumed.outputs?.influx).toMatchObject(account(produced, produced));
  });

  it('keeps two runs at once into one bucket apart, also with directories of one name', async (influx) => {
    const bucket = await influx.newBucket();
    const dirs = ['a', 'b'].map((parent) => join(dir, parent, bucket));
    const config = flood(influxOutput(influx.url, influx, bucket));
    const all = await Promise.all(dirs.map((dir) => runEnsemble(config, { dir, workers: 1 })));
    for (const [i, one] of dirs.entries()) {
      const points = await expectWhole(influx, one, bucket);
      expect(all[i]!.outputs?.influx).toMatchObject(account(points, points));
    }
  });

  it('counts and keeps what a type conflict refuses, with the reason, and delivers all else', async (influx) => {
    const bucket = await influx.newBucket();
    const run = join(dir, bucket);
    const stamp = Date.now() * 1e6;
    await fetch(`${influx.url}/api/v2/write?${new URLSearchParams({ org: influx.org, bucket })}`, {
      method: 'POST',
      headers: { authorization: `Token ${influx.token}` },
      body: `rewards,run=planted reward="a text" ${BigInt(stamp)}\n`,
    }).then(({ status }) => expect(status).toBe(204));
    const summary = await runEnsemble(flood(influxOutput(influx.url, influx, bucket)), { dir: run, workers: 2 });
    const expected = await pointsOfTables(run);
    expect(await pointsOfServer(influx, run, bucket)).toEqual({ ...expected, rewards: 0 });
    const produced = Object.values(expected).reduce((sum, count) => sum + count, 0);
    const taken = produced - expected.rewards;
    expect(summary.outputs?.influx).toMatchObject(account(produced, taken, 0, expected.rewards));
    const refused = readFileSync(join(run, 'spool/influx/refused.ndjson'), 'utf8').split('\n').slice(0, -1);
    expect(refused).toHaveLength(expected.rewards);
    for (const text of refused.slice(0, 5)) {
      expect(JSON.parse(text)).toMatchObject({
        status: 422,
        line: expect.stringMatching(/^rewards,/),
        reason: expect.stringContaining('field type conflict'),
      });
    }
    expect(summary.digest).toBe(digest);
  });

  it('sets single poisoned lines aside', async (influx) => {
    const bucket = await influx.newBucket();
    const run = join(dir, bucket);
    proxy.mode = { refuseLine: /^(equity,\S+ episode=7i,step=13i|workers,)/ };
    const summary = await runEnsemble(flood(influxOutput(proxy.url, influx, bucket)), { dir: run, workers: 2 });
    proxy.mode = 'pass';
    const expected = await pointsOfTables(run);
    expect(await pointsOfServer(influx, run, bucket)).toEqual({ ...expected, equity: expected.equity - 1 });
    const { produced } = summary.outputs!.influx!;
    expect(summary.outputs?.influx).toMatchObject(account(produced, produced - 1, 0, 1));
  });

  it('sends fills, rejects and failures of every kind, several symbols and more than a thousand a step', async (influx) => {
    const bucket = await influx.newBucket();
    const run = join(dir, bucket, "a run, of 'one' = two\u00e9");
    const names = ['A B', 'C,D', 'E=F', '"G"', "H'株"];
    const file = join(dir, 'wild.mjs');
    const other = JSON.stringify({ symbol: names[1] });
    const body = `
      if (market.symbol !== ${JSON.stringify(names[0])}) return;
      const kind = Math.floor(market.price * 1e6) % 12;
      if (market.step === 3 && kind < 2) throw new Error('on purpose');
      if (market.step === 4 && kind % 6 === 2) process.exit(3);
      if (market.step === 7 && kind < 5) context.stop();
      if (market.step === 5) for (let i = 0; i < 1200; i++) context.order('buy', 1e9, ${other});
      if (market.step === 6) for (let i = 0; i < 600; i++) for (const side of ['buy', 'sell']) context.order(side, 0.01);
      if (market.step === 8) for (const symbol of ${JSON.stringify(names)}) context.order('buy', 0.01, { symbol });`;
    writeFileSync(file, strategyText(body));
    const market = { process: 'gbm', price: 100, volatility: 0.8 };
    const config = configWith({
      ...{ episodes: 30, steps: 20, record: { episodes: 12, every: 2 }, strategy: { use: file } },
      markets: Object.fromEntries(names.map((name) => [name, market])),
      outputs: influxOutput(influx.url, influx, bucket, { episodes: 12 }),
    });
    const summary = await runEnsemble(config, { dir: run, workers: 2 });
    const points = await expectWhole(influx, run, bucket);
    expect(summary.outputs?.influx).toMatchObject(account(points, points));
    const { rejects, fills } = await pointsOfTables(run);
    expect(Math.min(rejects, fills)).toBeGreaterThan(2_400);
    expect(Object.entries(summary.episodes).filter(([reason, count]) => reason !== 'ruined' && count === 0)).toEqual(
      [],
    );
    expect(new Set(summary.failures.map(({ code }) => code))).toEqual(new Set(['STRATEGY_ERROR', 'WORKER_EXIT']));
    expect(await influx.count('episodes', `failureCode = 'WORKER_EXIT'`, bucket)).toBeGreaterThan(0);
    expect(await influx.cardinality(bucket)).toBeLessThan(10 + 4 * names.length + 4);
  });
});
