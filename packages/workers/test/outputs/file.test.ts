import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resumeEnsemble, runEnsemble } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { flood, pointsOfTables, runFile, until } from '../influx/points.ts';
import { ergodic, folderWith, mountDisk, strategyText } from '../support.ts';
import { parseLine } from './line-protocol.ts';

const dir = folderWith({ 'disk/.keep': '' });
const RESULTS = new Set(['episodes', 'equity', 'rewards', 'fills', 'rejects', 'streams']);

type Point = { measurement: string; tags: object; fields: Record<string, unknown>; time: string };

/** The points of results in a file, each as a text without what differs from run to run, in order. */
function pointsIn(file: string, createdAt: string): string[] {
  const isJson = file.endsWith('.ndjson');
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  const created = BigInt(Date.parse(createdAt)) * 1_000_000n;
  return lines
    .map((line): Point => {
      if (isJson) return JSON.parse(line);
      const { measurement, tags, fields, stamp } = parseLine(line);
      const plain = [...fields].map(([name, { value }]) => [name, value]);
      return { measurement, tags: Object.fromEntries(tags), fields: Object.fromEntries(plain), time: stamp };
    })
    .filter(({ measurement }) => RESULTS.has(measurement))
    .map(({ measurement, tags, fields, time }) => {
      const { timeFrom: _, timeTo: __, ...rest } = fields;
      return JSON.stringify([measurement, { ...tags, run: '' }, rest, String(BigInt(time) - created)]);
    })
    .sort();
}

const createdAt = (run: string): string => JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).createdAt;
const points = (run: string, name: string): string[] => pointsIn(join(run, name), createdAt(run));
const total = async (run: string): Promise<number> =>
  Object.values(await pointsOfTables(run)).reduce((sum, count) => sum + count, 0);

describe('the file output', () => {
  it('has every point of the tables once, the same in both formats, with names that need escapes', async () => {
    const markets = Object.fromEntries(
      ['A B', 'C,D=E', '"G"', '株'].map((name) => [name, { process: 'gbm', price: 100, volatility: 0.8 }]),
    );
    const both = ['line-protocol', 'ndjson'].map((format) => {
      return flood(
        { file: { format } },
        { markets, episodes: 12, record: { episodes: 12 }, execution: { latency: '0.5ms' } },
      );
    });
    const runs = ['as-lp', 'as-ndjson'].map((name) => join(dir, name));
    const summaries = await Promise.all(both.map((config, i) => runEnsemble(config, { dir: runs[i]!, workers: 1 })));
    const [lines, objects] = [points(runs[0]!, 'points.lp'), points(runs[1]!, 'points.ndjson')];
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toEqual(objects);
    for (const [i, { digest, outputs }] of summaries.entries()) {
      const count = await total(runs[i]!);
      expect(count).toBe(lines.length);
      expect(outputs!.file).toMatchObject({ produced: count, acknowledged: count, spooled: 0, refused: 0, missing: 0 });
      expect(digest).toBe(summaries[0]!.digest);
    }
  });

  it('sends of the recorded steps every n-th and the last, of the first so many episodes', async () => {
    const run = join(dir, 'some');
    const config = flood({ file: { episodes: 2, every: 4 } }, { record: { episodes: 5, every: 3 } });
    const summary = await runEnsemble(config, { dir: run, workers: 2 });
    const found = points(run, 'points.lp').map((text) => JSON.parse(text) as [string, object, Record<string, number>]);
    const steps = found
      .filter(([name, , { episode }]) => name === 'equity' && episode === 1)
      .map(([, , { step }]) => step);
    expect(steps.sort((a, b) => a! - b!)).toEqual([...Array.from({ length: 21 }, (_, i) => 12 * i), 250]);
    const streamed = new Set(found.filter(([name]) => name === 'fills').map(([, , { episode }]) => episode));
    const { kept } = runFile(run) as { kept: Record<string, number> };
    expect(streamed).toEqual(new Set([0, 1, ...Object.values(kept)]));
    expect(found.filter(([name]) => name === 'episodes')).toHaveLength(40);
    expect(found.filter(([name]) => name === 'streams')).toHaveLength(5);
    expect(summary.outputs!.file!.acknowledged).toBe(found.length);
  });

  it('holds each point once, whole, after kills, a torn journal and half a line', async () => {
    const run = join(dir, 'killed');
    const changes = { episodes: 300, record: { episodes: 50 } };
    writeFileSync(join(dir, 'killed.json'), JSON.stringify(flood({ file: {} }, changes)));
    const file = join(run, 'points.lp');
    const parts = () => (existsSync(join(run, 'parts')) ? readdirSync(join(run, 'parts')).length : 0);
    for (let life = 0; life < 2; life++) {
      const before = parts();
      const killed = await killWhen(
        ['run', 'resume'][life]!,
        () => parts() > before && existsSync(file) && statSync(file).size > 0,
      );
      expect(killed).toBe(true);
      truncateSync(
        join(run, 'spool/file/journal.ndjson'),
        Math.max(0, statSync(join(run, 'spool/file/journal.ndjson')).size - 90),
      );
      writeFileSync(file, 'equity,run=x half=', { flag: 'a' });
    }
    const { code, stdout } = await ergodic(['resume', 'killed', '--json'], dir);
    const found = points(run, 'points.lp');
    const count = await total(run);
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBe(count);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).outputs.file).toMatchObject({ produced: count, acknowledged: count, missing: 0 });
  });

  /** Whether it was still at work then. */
  async function killWhen(verb: string, isTime: () => boolean): Promise<boolean> {
    const { spawn } = await import('node:child_process');
    const cli = new URL('../../../cli/bin/ergodic.js', import.meta.url).pathname;
    const args = verb === 'run' ? ['run', 'killed.json', '--out', 'killed'] : ['resume', 'killed'];
    const child = spawn(process.execPath, [cli, ...args], { cwd: dir, stdio: 'ignore' });
    const closed = new Promise<NodeJS.Signals | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
    await until('something is delivered', () => isTime() || child.exitCode !== null);
    child.kill('SIGKILL');
    return (await closed) === 'SIGKILL';
  }
});

describe('a segment of failed episodes that is gone', () => {
  // The coordinator knows the first hundred failures, and so does not know whom to leave out.
  it('is written anew, however many failed before', async () => {
    const run = join(dir, 'failing');
    const body = `if (market.step === 3) { if (Math.floor(market.price * 1e6) % 160 === 0) process.exit(3); throw new Error('x'); }`;
    writeFileSync(join(dir, 'failing.mjs'), strategyText(body));
    const config = flood({ file: {} }, { episodes: 400, steps: 10, strategy: { use: join(dir, 'failing.mjs') } });
    const { episodes, digest } = await runEnsemble(config, { dir: run, workers: 2 });
    expect(episodes.failed).toBe(400);
    const before = points(run, 'points.lp');
    expect(new Set(before.map((text) => JSON.parse(text)[2].failureCode)).size).toBe(3);
    // All that is known of the deliveries is lost, and with them the segments.
    rmSync(join(run, 'spool/file/journal.ndjson'));
    const resumed = await (await resumeEnsemble(run, { workers: 2 })).done;
    expect(resumed.digest).toBe(digest);
    expect(points(run, 'points.lp')).toEqual(before);
  });
});

const disk = join(dir, 'disk');
const isMounted = mountDisk(disk, '3m');

describe('a disk that is full under the spool', () => {
  it.skipIf(!isMounted)('ends the run with 1; resumed with room, each point is there once', async () => {
    const config = flood({ file: {} }, { episodes: 60, record: { episodes: 60 } });
    writeFileSync(join(dir, 'full.json'), JSON.stringify(config));
    const full = await ergodic(['run', 'full.json', '--out', 'disk/run'], dir);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/(space|full).*ergodic resume/is);
    execFileSync('mount', ['-o', 'remount,size=300m', disk]);
    const { code, stdout } = await ergodic(['resume', 'disk/run', '--json'], dir);
    const run = join(disk, 'run');
    const count = await total(run);
    const found = points(run, 'points.lp');
    expect([new Set(found).size, found.length]).toEqual([count, count]);
    expect(JSON.parse(stdout).outputs.file).toMatchObject({ produced: count, acknowledged: count, missing: 0 });
    expect(code).toBe(0);
  });
});
