import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { folderWith } from '../support.ts';
import { account, ergodicWith, expectWhole, flood, influxOutput, spoolOf, testsWith, until } from './points.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { startInflux, type TestInflux } from './servers.ts';

const influx = await startInflux();
const it = testsWith(influx);
const dir = folderWith();
/** Takes longer than a commit: the spool is seen to be full. */
const LONG = { episodes: 3_000, steps: 500, record: { episodes: 300, every: 50 } };
const MANY = { episodes: 200, record: { episodes: 60 } };
let proxy: FaultProxy;
let digest: string;

beforeAll(async () => {
  if ('skipped' in influx) return;
  proxy = await startProxy(influx.url);
  digest = (await runEnsemble(flood({}, MANY), { dir: join(dir, 'without'), workers: 2 })).digest;
});

afterAll(async () => {
  if ('skipped' in influx) return;
  await proxy.stop();
  await influx.stop();
});

/** A config of many points to a new bucket behind the proxy, in the file `<bucket>.json`. */
async function configFor(influx: TestInflux, settings: object = {}, changes: object = {}): Promise<string> {
  const bucket = await influx.newBucket();
  const config = flood(influxOutput(proxy.url, influx, bucket, settings), { ...MANY, ...changes });
  writeFileSync(join(dir, `${bucket}.json`), JSON.stringify(config));
  return bucket;
}

const command = (influx: TestInflux, ...args: string[]) => ergodicWith(influx.token, args, dir);
const parts = (run: string): string[] => {
  try {
    return readdirSync(join(run, 'parts')).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
};
const spooled = (run: string): string[] =>
  readdirSync(join(run, 'spool/influx')).map((name) => join(run, 'spool/influx', name));
const cut = (path: string, bytes: number): void => truncateSync(path, Math.max(0, statSync(path).size - bytes));

describe('a coordinator that is killed', () => {
  it('loses no point and doubles none, with torn and missing files at each start', async (influx) => {
    const bucket = await configFor(influx);
    const run = join(dir, bucket);
    proxy.mode = 'down';
    let live = command(influx, 'run', `${bucket}.json`, '--out', bucket);
    await until(
      'a part is committed',
      () => parts(run).length >= 1 && spooled(run).some((path) => /telemetry-/.test(path)),
    );
    live.kill();
    expect((await live.done).signal).toBe('SIGKILL');
    const waiting = spoolOf(run).waiting.filter(({ isTelemetry }) => !isTelemetry);
    cut(join(run, 'spool/influx', waiting[0]!.name), 5);
    if (waiting.length > 1) rmSync(join(run, 'spool/influx', waiting[1]!.name));
    for (const path of spooled(run)) if (/telemetry-/.test(path)) cut(path, 11);
    proxy.mode = { slowMs: 50 };
    for (const more of [1, 6_000]) {
      const { acknowledged } = spoolOf(run);
      live = command(influx, 'resume', bucket);
      await until('more is acknowledged', () => spoolOf(run).acknowledged >= acknowledged + more);
      live.kill();
      await live.done;
      cut(join(run, 'spool/influx/journal.ndjson'), 150);
    }
    proxy.mode = 'pass';
    const { code, stdout, stderr } = await command(influx, 'resume', bucket, '--json').done;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('short')]);
    const summary = JSON.parse(stdout);
    const points = await expectWhole(influx, run, bucket);
    expect(summary).toMatchObject({ digest, status: 'completed', outputs: { influx: account(points, points) } });
  });

  it('goes on with a run that is complete but not delivered; what is gone from its spool is written anew, once', async (influx) => {
    const bucket = await configFor(
      influx,
      { episodes: 0, drainSeconds: 0 },
      { episodes: 60, record: { episodes: 60 } },
    );
    const run = join(dir, bucket);
    proxy.mode = 'down';
    const first = await command(influx, 'run', `${bucket}.json`, '--out', bucket, '--json').done;
    expect(first.code).toBe(1);
    const { produced } = JSON.parse(first.stdout).outputs.influx;
    const { waiting } = spoolOf(run);
    for (const { name, isTelemetry } of waiting)
      if (!isTelemetry && /^0-/.test(name)) rmSync(join(run, 'spool/influx', name));
    proxy.mode = 'pass';
    const flushed = await command(influx, 'flush', bucket, '--json').done;
    expect(flushed.code).toBe(1);
    expect(JSON.parse(flushed.stdout).outputs.influx.missing).toBeGreaterThan(0);
    const { code, stdout } = await command(influx, 'resume', bucket, '--json').done;
    expect(JSON.parse(stdout).outputs.influx).toMatchObject(account(produced, produced));
    expect(code).toBe(0);
    const counts = await Promise.all(
      ['episodes', 'streams', 'equity'].map((name) => influx.count(name, undefined, bucket)),
    );
    expect(counts).toEqual([60, 3, 3 * 251]);
  });
});

describe('a run whose server takes nothing', () => {
  it('pauses when the spool is full, ends with 1, and goes on when there is one', async (influx) => {
    const bucket = await configFor(influx, { spoolMb: 1, pauseSeconds: 1, drainSeconds: 0 }, LONG);
    proxy.mode = 'down';
    const full = await command(influx, 'run', `${bucket}.json`, '--out', bucket).done;
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(
      /the spool is full \(spoolMb: 1\), and nothing was delivered for 1 s .*ergodic resume/s,
    );
    expect(parts(join(dir, bucket)).length).toBeGreaterThan(0);
    proxy.mode = 'pass';
    let { code, stdout } = await command(influx, 'resume', bucket, '--json').done;
    // A slow machine may not deliver what it simulates within a second of pause.
    for (let tries = 0; code === 1 && tries < 4; tries++) {
      ({ code, stdout } = await command(influx, 'resume', bucket, '--json').done);
    }
    const points = await expectWhole(influx, join(dir, bucket), bucket);
    const whole = await runEnsemble(flood({}, LONG), { dir: join(dir, `${bucket}-without`), workers: 2 });
    expect(JSON.parse(stdout)).toMatchObject({ digest: whole.digest, outputs: { influx: account(points, points) } });
    expect(code).toBe(0);
  });

  it('is delivered by flush, and what the server refused by flush --refused', async (influx) => {
    const bucket = await configFor(influx, { drainSeconds: 0 });
    const run = join(dir, bucket);
    proxy.mode = { status: 503 };
    const first = await command(influx, 'run', `${bucket}.json`, '--out', bucket, '--json').done;
    expect(first.code).toBe(1);
    expect(JSON.parse(first.stdout).digest).toBe(digest);
    const { produced, spooled: rest } = JSON.parse(first.stdout).outputs.influx;
    expect(rest).toBe(produced);
    proxy.mode = { refuseLine: /^(workers,|fills,\S+ episode=(3|4)i)/ };
    const flushed = await command(influx, 'flush', bucket, '--json').done;
    const { influx: figures } = JSON.parse(flushed.stdout).outputs;
    expect(flushed.code).toBe(1);
    expect(figures.refused).toBeGreaterThan(0);
    expect(figures).toMatchObject(account(produced, produced - figures.refused, 0, figures.refused));
    proxy.mode = 'pass';
    for (let i = 0; i < 2; i++) {
      const again = await command(influx, 'flush', bucket, '--refused', '--json').done;
      expect(JSON.parse(again.stdout).outputs.influx).toMatchObject(account(produced, produced));
      expect(again.code).toBe(0);
    }
    expect(await expectWhole(influx, run, bucket)).toBe(produced);
    expect(JSON.stringify([first, flushed]) + readFileSync(join(run, 'run.json'), 'utf8')).not.toContain(influx.token);
    for (const path of spooled(run)) expect(readFileSync(path, 'utf8')).not.toContain(influx.token);
  });
});
