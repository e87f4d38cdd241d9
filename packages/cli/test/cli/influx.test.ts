import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { InfluxCheck } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startInflux, type TestInflux } from '../../../workers/test/influx/servers.ts';
import { outcomeOf } from '../../../workers/test/support.ts';
import { CONFIG, folderWith, MAIN, type Outcome, removeFolders } from './ergodic.ts';

const SECRET = 'seCret-token-0123456789';
const NOWHERE = 'http://127.0.0.1:9';

const influxd = await startInflux();
if ('skipped' in influxd) console.warn(`SKIPPED against InfluxDB: ${influxd.skipped}`);

afterAll(async () => {
  removeFolders();
  if (!('skipped' in influxd)) await influxd.stop();
});

/** `ergodic influx check` with no variable of InfluxDB but these. */
async function check(cwd: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<Outcome> {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('INFLUX_')));
  const child = spawn(process.execPath, [MAIN, 'influx', 'check', ...args], { cwd, env: { ...rest, ...env } });
  const { code, stdout, stderr } = await outcomeOf(child);
  expect(stdout + stderr).not.toContain(SECRET);
  return { code, stdout, stderr };
}

function configWith(url: string, org: string, bucket: string, token: string): string {
  return `${CONFIG}outputs:\n  influx: { url: '${url}', org: ${org}, bucket: ${bucket}, ${token} }\n`;
}

const TOKEN = `token: '\${INFLUX_TOKEN}'`;

describe('influx check', () => {
  test('ends with 2 where settings are missing, and says which', async () => {
    const dir = folderWith();
    const none = await check(dir, {});
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toBe(
      'error: without a config and --url: the environment must set INFLUX_URL, it does not; export INFLUX_URL=…\n',
    );
    const some = await check(dir, { INFLUX_URL: NOWHERE, INFLUX_ORG: 'o', INFLUX_BUCKET: 'b', INFLUX_TOKEN: '' });
    expect(some.code).toBe(2);
    expect(some.stderr).toContain('INFLUX_TOKEN, there it is empty');
  });

  test('names file, line and key of a setting that is wrong', async () => {
    const dir = folderWith({ 'ergodic.yaml': configWith(NOWHERE, 'o', 'b', TOKEN) });
    const { code, stderr } = await check(dir, {});
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: ergodic\.yaml:\d+:\d+: outputs\.influx\.token: the environment must set INFLUX_TOKEN/,
    );
    const broken = await check(dir, { INFLUX_TOKEN: `${SECRET}\n` });
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('must be one line of ASCII');
  });

  test('ends with 2 for a config that sends nothing to InfluxDB, and for what it does not know', async () => {
    const dir = folderWith({ 'plain.yaml': CONFIG });
    const plain = await check(dir, {}, 'plain.yaml');
    expect(plain.code).toBe(2);
    expect(plain.stderr).toContain('plain.yaml: has no outputs.influx');
    const option = await check(dir, {}, '--token', 'something');
    expect(option.code).toBe(2);
    expect(option.stderr).toContain("unknown option '--token'");
  });

  test('ends with 1 where nothing listens, and says so as a table and as JSON', async () => {
    const dir = folderWith({ token: `${SECRET}\n` });
    const args = ['--url', NOWHERE, '--org', 'o', '--bucket', 'b', '--token-file', 'token'];
    const table = await check(dir, {}, ...args);
    expect(table).toMatchObject({ code: 1, stderr: '' });
    expect(table.stdout).toContain('server  failed   127.0.0.1:9 ');
    expect(table.stdout).toContain('\n\nserver: ');
    const json = await check(dir, {}, ...args, '--json');
    expect(json.code).toBe(1);
    const result = JSON.parse(json.stdout) as InfluxCheck;
    expect(result).toMatchObject({ url: NOWHERE, org: 'o', bucket: 'b', ok: false });
    expect(result.rows).toMatchObject([{ name: 'server', ok: false }]);
  });
});

describe.skipIf('skipped' in influxd)('influx check with InfluxDB', () => {
  const server = influxd as TestInflux;
  let dir: string;

  beforeAll(() => {
    const { url, org, bucket, token } = server;
    dir = folderWith({ 'ergodic.yaml': configWith(url, org, bucket, 'tokenFile: secrets/token') });
    mkdirSync(path.join(dir, 'secrets'));
    writeFileSync(path.join(dir, 'secrets/token'), `${token}\n`);
  });

  test('ends with 0 for the config in this folder, whose token file is beside it', async () => {
    const { code, stdout, stderr } = await check(dir, {});
    expect(stderr).toBe('');
    expect(stdout).toContain('write      ok       is allowed; nothing was written\n');
    expect(stdout).not.toContain(server.token);
    expect(stdout).not.toContain('\u001b[');
    expect(code).toBe(0);
    expect((await check(path.dirname(dir), {}, path.join(path.basename(dir), 'ergodic.yaml'))).code).toBe(0);
  });

  test('takes what is not said from the environment', async () => {
    const { url, org, bucket, token } = server;
    const env = { INFLUX_URL: url, INFLUX_ORG: org, INFLUX_BUCKET: bucket, INFLUX_TOKEN: token };
    const { code, stdout } = await check(folderWith(), env, '--json');
    expect(code).toBe(0);
    expect(stdout).not.toContain(token);
    const { rows } = JSON.parse(stdout) as InfluxCheck;
    expect(rows.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true, true]);
    expect((await check(folderWith(), env, '--bucket', 'nothing')).code).toBe(1);
  });

  test('lets options stand over the config', async () => {
    const bucket = await check(dir, {}, '--bucket', 'nothing');
    expect(bucket.code).toBe(1);
    expect(bucket.stdout).toContain(`bucket   failed   there is no bucket nothing in ${server.org}`);
    writeFileSync(path.join(dir, 'wrong'), SECRET);
    const token = await check(dir, {}, '--token-file', 'wrong');
    expect(token.code).toBe(1);
    expect(token.stdout).toContain('token    failed   is refused');
  });
});
