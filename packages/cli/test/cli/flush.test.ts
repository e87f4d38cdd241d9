import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONFIG, ergodic, folderWith, removeFolders, start } from './ergodic.ts';

const SECRET = 'seCret-token-0123456789';

/** Takes lines, or answers as told; counts what it took. */
class Sink {
  readonly lines = new Set<string>();
  status = 204;
  url = '';
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        if (request.headers.authorization !== `Token ${SECRET}`) this.status = 401;
        if (this.status === 204) for (const line of body.trim().split('\n')) this.lines.add(line);
        const headers = { 'content-type': 'application/json' };
        if (this.status === 204) response.writeHead(204).end();
        else response.writeHead(this.status, headers).end('{"code":"test","message":"as told"}');
      });
    });
  }

  listen(port = 0): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(port, '127.0.0.1', () => {
        this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Points of results: telemetry comes as it may. */
  get results(): number {
    return [...this.lines].filter((line) => /^(episodes|equity|rewards|fills|rejects|streams),/.test(line)).length;
  }
}

let sink: Sink;
beforeEach(async () => {
  process.env.ERGODIC_TEST_TOKEN = SECRET;
  sink = new Sink();
  await sink.listen();
});
afterEach(() => sink.close());
afterAll(removeFolders);

function configFor(extra = ''): string {
  const settings = `url: '${sink.url}', org: o, bucket: b, token: '\${ERGODIC_TEST_TOKEN}', drainSeconds: 0.5`;
  return `${CONFIG}outputs:\n  influx: { ${settings}${extra} }\n`;
}

function textsBelow(dir: string): string {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

interface Account {
  produced: number;
  acknowledged: number;
  spooled: number;
  refused: number;
  missing: number;
}

describe('points of a run', () => {
  test('are delivered before it ends, and its summary says so', async () => {
    const dir = folderWith({ 'ergodic.yaml': configFor() });
    const { code, stdout } = await ergodic(dir, 'run', '--json', '--out', 'run');
    expect(code).toBe(0);
    const { outputs } = JSON.parse(stdout) as { outputs: { influx: Account } };
    expect(outputs.influx).toMatchObject({ spooled: 0, refused: 0, missing: 0 });
    expect(outputs.influx.acknowledged).toBe(outputs.influx.produced);
    expect(sink.results).toBe(outputs.influx.produced);
    expect(readdirSync(path.join(dir, 'run/spool/influx'))).toEqual(['journal.ndjson']);
    const nothing = await ergodic(dir, 'flush', 'run');
    expect(nothing.code).toBe(0);
    expect(nothing.stdout).toMatch(/^influx: [\d,]+ points: [\d,]+ acknowledged, 0 spooled, 0 refused\n$/);
  });

  test('wait in the spool while the server is away; the run ends with 1, and flush delivers them', async () => {
    const dir = folderWith({ 'ergodic.yaml': configFor() });
    const port = Number(new URL(sink.url).port);
    await sink.close();
    const away = await ergodic(dir, 'run', '--out', 'run');
    expect(away.code).toBe(1);
    expect(away.stdout).toMatch(/influx: ([\d,]+) points: 0 acknowledged, \1 spooled, 0 refused/);
    expect(away.stderr).toContain('wait in the spool; deliver them with: ergodic flush run');
    const still = await ergodic(dir, 'flush', 'run');
    expect(still.code).toBe(1);
    sink = new Sink();
    await sink.listen(port);
    const flushed = await ergodic(dir, 'flush', 'run', '--json');
    expect(flushed.code).toBe(0);
    const { influx } = (JSON.parse(flushed.stdout) as { outputs: { influx: Account } }).outputs;
    expect(influx).toMatchObject({ acknowledged: influx.produced, spooled: 0, refused: 0, missing: 0 });
    expect(sink.results).toBe(influx.produced);
    const again = await ergodic(dir, 'resume', 'run', '--json');
    expect(again.code).toBe(0);
    expect((JSON.parse(again.stdout) as { outputs: unknown }).outputs).toMatchObject({ influx: { spooled: 0 } });
  });

  test('are delivered by resume as well, and the digest is that of a run without outputs', async () => {
    const dir = folderWith({ 'ergodic.yaml': configFor(), 'plain.yaml': CONFIG });
    sink.status = 503;
    expect((await ergodic(dir, 'run', '--out', 'run')).code).toBe(1);
    sink.status = 204;
    const resumed = await ergodic(dir, 'resume', 'run', '--json');
    expect(resumed.code).toBe(0);
    const summary = JSON.parse(resumed.stdout) as { digest: string; outputs: { influx: Account } };
    expect(sink.results).toBe(summary.outputs.influx.produced);
    const plain = await ergodic(dir, 'run', 'plain.yaml', '--json', '--out', 'plain');
    expect((JSON.parse(plain.stdout) as { digest: string }).digest).toBe(summary.digest);
  });

  test('a wrong token ends the run at once with 1; no file and no message holds it', async () => {
    const dir = folderWith({ 'ergodic.yaml': configFor() });
    process.env.ERGODIC_TEST_TOKEN = 'wrong-Token-987654321';
    const { code, stdout, stderr } = await ergodic(dir, 'run', '--out', 'run');
    expect(code).toBe(1);
    expect(stderr).toContain('influx: 401 as told; points wait in the spool until that is mended');
    expect(stdout + stderr + textsBelow(path.join(dir, 'run'))).not.toContain('wrong-Token-987654321');
    process.env.ERGODIC_TEST_TOKEN = SECRET;
    sink.status = 204;
    expect((await ergodic(dir, 'flush', 'run')).code).toBe(0);
  });

  test('a token in the config is refused without being repeated', async () => {
    const dir = folderWith({ 'ergodic.yaml': configFor().replace('${ERGODIC_TEST_TOKEN}', 'literal-Token-1') });
    const { code, stderr } = await ergodic(dir, 'run', '--out', 'run');
    expect(code).toBe(2);
    expect(stderr).toContain('outputs.influx.token: must name a variable of the environment');
    expect(stderr).not.toContain('literal-Token-1');
    const set = await ergodic(dir, 'run', '--set', 'outputs.influx.token=other-Token-2');
    expect(set.code).toBe(2);
    expect(set.stderr).not.toContain('other-Token-2');
    expect(existsSync(path.join(dir, 'run'))).toBe(false);
  });

  test('an interrupt while they are delivered ends with 130 and loses none', async () => {
    const dir = folderWith({ 'ergodic.yaml': configFor().replace('drainSeconds: 0.5', 'drainSeconds: 60') });
    sink.status = 503;
    const { child, outcome, said } = start(dir, 'run', '--out', 'run');
    await said('100 %');
    child.kill('SIGINT');
    const { code } = await outcome;
    expect(code).toBe(130);
    sink.status = 204;
    const flushed = await ergodic(dir, 'resume', 'run', '--json');
    expect(flushed.code).toBe(0);
    expect(sink.results).toBe((JSON.parse(flushed.stdout) as { outputs: { influx: Account } }).outputs.influx.produced);
  });

  test('go to a file as line protocol or NDJSON, the same ones; a file that exists is refused', async () => {
    const lines = `${CONFIG}outputs:\n  file: { path: points.lp }\n`;
    const dir = folderWith({ 'ergodic.yaml': lines, 'json.yaml': `${CONFIG}outputs: { file: { format: ndjson } }\n` });
    expect((await ergodic(dir, 'run', '--out', 'run')).code).toBe(0);
    expect((await ergodic(dir, 'run', 'json.yaml', '--out', 'json')).code).toBe(0);
    const kinds = (text: string, pattern: RegExp): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const [, name] of text.matchAll(pattern)) counts[name!] = (counts[name!] ?? 0) + 1;
      return Object.fromEntries(
        ['episodes', 'equity', 'rewards', 'fills', 'streams'].map((name) => [name, counts[name]]),
      );
    };
    const own = kinds(readFileSync(path.join(dir, 'points.lp'), 'utf8'), /^(\w+),/gm);
    const json = readFileSync(path.join(dir, 'json/points.ndjson'), 'utf8');
    expect(kinds(json, /^\{"measurement":"(\w+)"/gm)).toEqual(own);
    for (const line of json.trim().split('\n')) JSON.parse(line);
    writeFileSync(path.join(dir, 'points.lp'), 'mine');
    const refused = await ergodic(dir, 'run', '--out', 'other');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /outputs\.file\.path: must be a new file, .*points\.lp exists; remove it or name another one/,
    );
    expect(readFileSync(path.join(dir, 'points.lp'), 'utf8')).toBe('mine');
  });
});
