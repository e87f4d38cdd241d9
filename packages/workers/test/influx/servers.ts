import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const INFLUX_IMAGE = 'influxdb:2.9.1';
const GRAFANA_IMAGE = 'grafana/grafana:12.4.3';
const ORG = 'ergodic';
const BUCKET = 'points';
const TOKEN = 'ergodic-test-token';
const READY_MS = 90_000;
const POLL_MS = 50;
const PORT_TRIES = 3;
/** Ends a process group and removes two folders, the second if there is one. */
const END = 'kill -s KILL -- "-$1"; rm -rf "$2"; [ -z "$3" ] || rm -rf "$3"';

/** A table of an answer in InfluxQL. Times are texts with nanoseconds. */
export interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | boolean | null)[])[];
}

export interface TestInflux {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  readonly token: string;
  /** Whether these tests started it, and so may end it. */
  readonly isOwn: boolean;
  /** Of an own process that runs now; none with docker. */
  readonly pid?: number | undefined;
  /** Ends an own server at once, as a crash does. */
  kill(): Promise<void>;
  /** Ends an own server if it runs, and starts it with the same data on the same port. */
  restart(): Promise<void>;
  /** A bucket that is kept for ever, or for `retentionSeconds`; its name. */
  newBucket(name?: string, retentionSeconds?: number): Promise<string>;
  /** A token that may do `actions` with a bucket and nothing else. */
  newToken(actions: readonly ('read' | 'write')[], bucket?: string): Promise<string>;
  query(influxql: string, bucket?: string): Promise<Series[]>;
  /** Points of a measurement: of the fields, the one that most points have counts. `where` is InfluxQL. */
  count(measurement: string, where?: string, bucket?: string): Promise<number>;
  /** Series of a bucket, of all measurements. */
  cardinality(bucket?: string): Promise<number>;
  /** Ends an own server and removes its data; of another one, removes the buckets and tokens made here. */
  stop(): Promise<void>;
}

export interface Skipped {
  readonly skipped: string;
}

/**
 * An InfluxDB 2 for tests: that of INFLUX_URL, INFLUX_ORG, INFLUX_BUCKET and INFLUX_TOKEN; else one that the script
 * TEST_SERVERS starts; else one in docker; else the reason why there is none.
 */
export async function startInflux(
  options: { readonly dir?: string; readonly port?: number } = {},
): Promise<TestInflux | Skipped> {
  const { INFLUX_URL: url, INFLUX_ORG: org, INFLUX_BUCKET: bucket, INFLUX_TOKEN: token } = process.env;
  if (url && org && bucket && token) return connect({ url: url.replace(/\/+$/, ''), org, bucket, token });
  const server = await startServer(options, (dir, port) => influxServer(dir, port));
  if ('skipped' in server) return server;
  try {
    const { url } = server;
    const { allowed } = (await (await fetch(`${url}/api/v2/setup`)).json()) as { allowed: boolean };
    // A new one has no user yet; else another process was faster on this port.
    if (!allowed && options.dir === undefined) throw new Error(`${url} is not the server that was started`);
    if (allowed) await callInflux(url, TOKEN, 'POST', '/api/v2/setup', { ...SETUP, org: ORG, bucket: BUCKET });
    return connect({ url, org: ORG, bucket: BUCKET, token: TOKEN }, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A Grafana with these provisioned files: that of GRAFANA_URL, else as `startInflux` does. */
export async function startGrafana(
  provisioningDir: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; stop(): Promise<void> } | Skipped> {
  const url = process.env.GRAFANA_URL;
  if (url) return { url: url.replace(/\/+$/, ''), stop: async () => {} };
  return startServer({}, (dir, port) => grafanaServer(dir, port, path.resolve(provisioningDir), env));
}

const SETUP = { username: 'ergodic', password: randomBytes(16).toString('hex'), token: TOKEN };

function influxServer(dir: string, port: number): Launch {
  const docker = ['-p', `127.0.0.1:${port}:8086`, INFLUX_IMAGE];
  return { health: '/health', script: ['influxd', dir, String(port)], docker, env: {} };
}

function grafanaServer(dir: string, port: number, provisioning: string, env: Readonly<Record<string, string>>): Launch {
  const settings = {
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Admin',
    ...env,
  };
  const variables = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const volume = ['-v', `${provisioning}:/etc/grafana/provisioning:ro`];
  const docker = ['--network', 'host', ...variables, ...volume, GRAFANA_IMAGE];
  return { health: '/api/health', script: ['grafana', dir, String(port), provisioning], docker, env };
}

/** How to start one server, each way. */
interface Launch {
  /** Path that answers 200 when it is ready. */
  readonly health: string;
  readonly script: readonly string[];
  /** Arguments of `docker run`. */
  readonly docker: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** One that these tests started. */
interface Server {
  readonly url: string;
  readonly pid: number | undefined;
  kill(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function startServer(
  options: { readonly dir?: string; readonly port?: number },
  launchOf: (dir: string, port: number) => Launch,
): Promise<Server | Skipped> {
  const script = process.env.TEST_SERVERS;
  if (!script && !(await hasDocker())) {
    return {
      skipped:
        'no server: its address (INFLUX_URL …, GRAFANA_URL) and TEST_SERVERS are unset, and docker does not answer',
    };
  }
  for (let tries = 1; ; tries++) {
    const dir = options.dir ?? mkdtempSync(path.join(tmpdir(), 'ergodic-server-'));
    const port = options.port ?? (await freePort());
    const launch = launchOf(dir, port);
    const url = `http://127.0.0.1:${port}`;
    const removes = options.dir === undefined ? dir : '';
    const server = script ? scriptServer(script, launch, url, removes) : dockerServer(launch, url, removes);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Another process may have taken the port that was free.
      if (options.port !== undefined || tries === PORT_TRIES) throw error;
    }
  }
}

/** A process of the script TEST_SERVERS, which becomes the server and so has its pid. */
function scriptServer(script: string, { health, script: args, env }: Launch, url: string, removes: string): Server {
  let child: ChildProcess | undefined;
  let guard: Guard | undefined;
  const log = path.join(mkdtempSync(path.join(tmpdir(), 'ergodic-log-')), 'log');
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (child !== undefined && isRunning()) {
      const closed = once(child, 'exit');
      child.ref();
      process.kill(-child.pid!, signal);
      await closed;
    }
    guard?.dismiss();
    guard = undefined;
  };
  return {
    url,
    get pid() {
      return isRunning() ? child?.pid : undefined;
    },
    kill,
    async start() {
      const output = openSync(log, 'a');
      child = spawn(script, args, {
        detached: true,
        stdio: ['ignore', output, output],
        env: { ...process.env, ...env },
      });
      closeSync(output);
      let failure = '';
      child.on('error', (error) => {
        failure = error.message;
      });
      if (child.pid !== undefined) guard = startGuard(END, [String(child.pid), path.dirname(log), removes]);
      child.unref();
      await ready(url + health, () => (isRunning() && failure === '' ? undefined : `${failure}${tailOf(log)}`));
    },
    async stop() {
      await kill('SIGKILL');
      rmSync(path.dirname(log), { recursive: true, force: true });
      if (removes !== '') rmSync(removes, { recursive: true, force: true });
    },
  };
}

function dockerServer({ health, docker }: Launch, url: string, removes: string): Server {
  const name = `ergodic-test-${randomBytes(6).toString('hex')}`;
  const call = promisify(execFile);
  let guard: Guard | undefined;
  let isMade = false;
  return {
    url,
    pid: undefined,
    async kill(signal: NodeJS.Signals = 'SIGKILL') {
      await call('docker', ['kill', '-s', signal, name]);
      await call('docker', ['wait', name]);
    },
    async start() {
      guard ??= startGuard('docker rm -fv "$1"', [name]);
      await call('docker', isMade ? ['start', name] : ['run', '-d', '--name', name, ...docker]);
      isMade = true;
      await ready(url + health, () => undefined);
    },
    async stop() {
      await call('docker', ['rm', '-fv', name]).catch(() => undefined);
      guard?.dismiss();
      if (removes !== '') rmSync(removes, { recursive: true, force: true });
    },
  };
}

interface Guard {
  dismiss(): void;
}

/** A shell that outlives this process, however that ends, and then runs a command; unless it is dismissed before. */
function startGuard(command: string, args: readonly string[]): Guard {
  const shell = spawn('sh', ['-c', `if read -r _; then exit 0; fi; ${command}`, 'guard', ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as { unref?(): void }).unref?.();
  return {
    dismiss: () => {
      shell.stdin.end('dismissed\n');
    },
  };
}

/** Waits for a 200. `problem` says what makes waiting pointless. */
async function ready(url: string, problem: () => string | undefined): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const status = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => status,
      () => 0,
    );
    const text = problem();
    if (text !== undefined) throw new Error(`the server ended: ${text}`);
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`${url} was not ready within ${READY_MS / 1_000} s, status ${status}`);
    await sleep(POLL_MS);
  }
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').slice(-2_000);
}

async function hasDocker(): Promise<boolean> {
  return promisify(execFile)('docker', ['info'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function callInflux(url: string, token: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

interface Access {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  readonly token: string;
}

async function connect(access: Access, server?: Server): Promise<TestInflux> {
  const { url, org, bucket, token } = access;
  const made: string[] = [];
  const call = (method: string, path: string, body?: unknown): Promise<unknown> =>
    callInflux(url, token, method, path, body);
  const bucketNamed = async (name: string): Promise<{ id: string; orgID: string }> => {
    const search = new URLSearchParams({ org, name });
    const { buckets } = (await call('GET', `/api/v2/buckets?${search}`)) as {
      buckets: { id: string; orgID: string }[];
    };
    if (buckets[0] === undefined) throw new Error(`there is no bucket ${name} in ${org}`);
    return buckets[0];
  };
  const own = (): Server => {
    if (server === undefined) throw new Error(`${url} is not a server of these tests`);
    return server;
  };
  const query = async (q: string, db = bucket): Promise<Series[]> => {
    const answer = await call('GET', `/query?${new URLSearchParams({ db, q })}`);
    const { results } = answer as { results: { series?: Series[]; error?: string }[] };
    const error = results.find((result) => result.error !== undefined)?.error;
    if (error !== undefined) throw new Error(`${q}: ${error}`);
    return results.flatMap(({ series }) => series ?? []);
  };
  return {
    ...access,
    isOwn: server !== undefined,
    get pid() {
      return server?.pid;
    },
    kill: () => own().kill(),
    async restart() {
      await own()
        .kill('SIGTERM')
        .catch(() => undefined);
      await own().start();
    },
    async newBucket(name = `test-${randomBytes(6).toString('hex')}`, retentionSeconds = 0) {
      const { orgID } = await bucketNamed(bucket);
      const retentionRules = retentionSeconds === 0 ? [] : [{ type: 'expire', everySeconds: retentionSeconds }];
      const { id } = (await call('POST', '/api/v2/buckets', { orgID, name, retentionRules })) as { id: string };
      made.push(`/api/v2/buckets/${id}`);
      return name;
    },
    async newToken(actions, name = bucket) {
      const { id, orgID } = await bucketNamed(name);
      const permissions = actions.map((action) => ({ action, resource: { type: 'buckets', id, orgID } }));
      const answer = (await call('POST', '/api/v2/authorizations', { orgID, permissions })) as {
        id: string;
        token: string;
      };
      made.push(`/api/v2/authorizations/${answer.id}`);
      return answer.token;
    },
    query,
    async count(measurement, where, db) {
      const name = `"${measurement.replaceAll('"', '\\"')}"`;
      const [series] = await query(`SELECT count(*) FROM ${name}${where === undefined ? '' : ` WHERE ${where}`}`, db);
      return Math.max(0, ...(series?.values[0]?.slice(1) ?? []).map(Number));
    },
    async cardinality(db) {
      const series = await query('SHOW SERIES EXACT CARDINALITY', db);
      return series.reduce((sum, { values }) => sum + Number(values[0]?.[0] ?? 0), 0);
    },
    async stop() {
      if (server !== undefined) return server.stop();
      for (const path of made.splice(0)) await call('DELETE', path).catch(() => undefined);
    },
  };
}
