import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checkInflux, type InfluxCheck } from '../../src/outputs/check.ts';
import type { InfluxSettings } from '../../src/outputs/settings.ts';
import { startProxy } from './proxy.ts';
import { startInflux, type TestInflux } from './servers.ts';

const SECRET = 'seCret-token-0123456789';
const settings: InfluxSettings = { url: 'http://127.0.0.1:1', org: 'desk', bucket: 'points', token: SECRET };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function checkAnswers(answer: RequestListener): Promise<InfluxCheck> {
  const url = await listen(createServer({ keepAlive: false }, answer));
  const result = await checkInflux({ ...settings, url });
  expect(JSON.stringify(result)).not.toContain(SECRET);
  return result;
}

/** `server ok`, `write failed`, … */
function marks({ rows }: InfluxCheck): string[] {
  return rows.map(({ name, ok }) => `${name} ${ok === 'warning' ? 'warning' : ok ? 'ok' : 'failed'}`);
}

const last = ({ rows }: InfluxCheck) => rows.at(-1)!;
const influxd = await startInflux();
afterAll(async () => {
  if (!('skipped' in influxd)) await influxd.stop();
});
if ('skipped' in influxd) console.warn(`SKIPPED against InfluxDB: ${influxd.skipped}`);

describe.skipIf('skipped' in influxd)('checkInflux with InfluxDB 2', () => {
  const server = influxd as TestInflux;
  const given = (changes: Partial<InfluxSettings> = {}): InfluxSettings => {
    const { url, org, bucket, token } = server;
    return { url, org, bucket, token, ...changes };
  };
  let bucket: string;

  beforeAll(async () => {
    bucket = await server.newBucket();
  });

  test('finds everything right, and leaves nothing behind', async () => {
    const result = await checkInflux(given({ bucket }));
    expect(result.ok).toBe(true);
    expect(marks(result)).toEqual([
      'server ok',
      'version ok',
      'token ok',
      'org ok',
      'bucket ok',
      'write ok',
      'retention ok',
    ]);
    expect(result.rows[1]!.detail).toMatch(/^InfluxDB 2\.\d+\.\d+/);
    expect(last(result).detail).toBe('points are kept for ever');
    expect(await server.query('SHOW MEASUREMENTS', bucket)).toEqual([]);
    expect(await server.cardinality(bucket)).toBe(0);
  });

  test('takes a token that may only write', async () => {
    const token = await server.newToken(['write'], bucket);
    const result = await checkInflux(given({ bucket, token }));
    expect(result.ok).toBe(true);
    expect(last(result)).toMatchObject({ name: 'retention', ok: true });
    expect(last(result).detail).toContain('not shown');
    expect(JSON.stringify(result)).not.toContain(token);
  });

  test.each([
    ['reads only', ['read'] as const, undefined],
    ['writes elsewhere', ['write', 'read'] as const, 'other'],
  ])('refuses a token that %s', async (_, actions, elsewhere) => {
    const home = elsewhere === undefined ? bucket : await server.newBucket();
    const token = await server.newToken(actions, home);
    const result = await checkInflux(given({ bucket, token }));
    expect(marks(result).slice(2)).toEqual(['token ok', 'org ok', 'bucket ok', 'write failed']);
    expect(last(result).detail).toContain('insufficient permissions for write');
    expect(last(result).hint).toContain(bucket);
  });

  test('tells a wrong token, org and bucket apart', async () => {
    const token = await checkInflux(given({ token: SECRET }));
    expect(marks(token).slice(2)).toEqual(['token failed']);
    expect(last(token).detail).toContain('unauthorized access');
    expect(last(token).hint).toContain('put a token of this server');
    const org = await checkInflux(given({ org: 'nobody' }));
    expect(marks(org).slice(2)).toEqual(['token ok', 'org failed']);
    expect(last(org).hint).toContain(server.org);
    const wrong = await checkInflux(given({ bucket: 'nothing & more' }));
    expect(marks(wrong).slice(2)).toEqual(['token ok', 'org ok', 'bucket failed']);
    expect(last(wrong).detail).toBe(`there is no bucket nothing & more in ${server.org}`);
    expect(last(wrong).hint).toContain(bucket);
  });

  test('warns of a short retention', async () => {
    const day = await checkInflux(given({ bucket: await server.newBucket(undefined, 86_400) }));
    expect(day.ok).toBe(true);
    expect(last(day)).toMatchObject({ name: 'retention', ok: 'warning', detail: 'points are removed after 1 d' });
    const hours = await checkInflux(given({ bucket: await server.newBucket(undefined, 5_400) }));
    expect(last(hours).detail).toBe('points are removed after 1.5 h');
    const month = await checkInflux(given({ bucket: await server.newBucket(undefined, 30 * 86_400) }));
    expect(last(month)).toMatchObject({ ok: true, detail: 'points are removed after 30 d' });
  });

  test('says that the server takes no points now', async () => {
    const proxy = await startProxy(server.url);
    void proxy.script(['pass', { status: 429, headers: { 'retry-after': '7' } }]);
    const result = await checkInflux(given({ url: proxy.url }));
    await proxy.stop();
    expect(last(result)).toMatchObject({ name: 'write', ok: false });
    expect(last(result).detail).toMatch(/429.*retry after 7 s/);
  });

  test('says where the connection broke after the first answer', async () => {
    const proxy = await startProxy(server.url);
    void proxy.script(['pass', 'reset']);
    const result = await checkInflux(given({ url: proxy.url }));
    await proxy.stop();
    expect(marks(result)).toEqual(['server ok', 'version ok', 'write failed']);
  });
});

describe('checkInflux with another server', () => {
  test('says that InfluxDB 1 will not do', async () => {
    const result = await checkAnswers((_, response) => {
      response.writeHead(200, { 'X-Influxdb-Version': '1.8.10', 'X-Influxdb-Build': 'OSS' });
      response.end('{"checks":[],"name":"influxdb","status":"pass","version":"1.8.10"}');
    });
    expect(result.ok).toBe(false);
    expect(marks(result)).toEqual(['server ok', 'version failed']);
    expect(last(result).detail).toContain('InfluxDB 1.8.10');
    const older = await checkAnswers((_, response) =>
      response.writeHead(404, { 'X-Influxdb-Version': '1.6.4' }).end('404 page not found'),
    );
    expect(marks(older)).toEqual(['server ok', 'version failed']);
  });

  test('warns of InfluxDB 3, which asks for the token before it says who it is', async () => {
    const paths: string[] = [];
    const result = await checkAnswers((request, response) => {
      paths.push(request.url!.replace(/\?.*/, ''));
      if (request.headers.authorization !== `Token ${SECRET}`) response.writeHead(401).end('{"error":"no token"}');
      else if (request.url === '/ping') response.end('{"version":"3.4.1","revision":"abc","process_id":"1-2"}');
      else response.writeHead(400).end('incoming write was empty');
    });
    expect(paths).toEqual(['/health', '/ping', '/api/v2/write']);
    expect(result.ok).toBe(true);
    expect(marks(result)).toEqual(['server ok', 'version warning', 'token ok', 'org ok', 'bucket ok', 'write ok']);
    expect(result.rows[1]!.detail).toContain('InfluxDB 3.4.1');
  });

  test('says that a server wants another token before it says who it is', async () => {
    const result = await checkAnswers((_, response) => response.writeHead(401).end());
    expect(marks(result)).toEqual(['server failed']);
    expect(last(result).detail).toContain('refuses this one');
  });

  test.each<[string, RequestListener, string]>([
    [
      'a web server',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u001b[31m'),
      'not as InfluxDB does: status 200, text/html',
    ],
    [
      'a redirect',
      (_, response) => response.writeHead(308, { location: 'https://db.example/health?x=1' }).end(),
      'sends on to https://db.example/health',
    ],
    [
      'HTTPS on this port',
      (_, response) => response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n'),
      'speaks TLS',
    ],
    [
      'one that starts',
      (_, response) =>
        response
          .writeHead(503, { 'x-influxdb-version': 'v2.9.1' })
          .end('{"status":"fail","message":"starting\\u001b"}'),
      'is not ready: starting',
    ],
  ])('recognises %s', async (_, answer, text) => {
    const result = await checkAnswers(answer);
    expect(marks(result)).toEqual(['server failed']);
    expect(last(result).detail).toContain(text);
    expect(last(result).hint).toBeDefined();
    expect(JSON.stringify(result)).not.toContain('\\u001b');
  });

  test('knows a server that nobody has set up', async () => {
    const result = await checkAnswers((request, response) => {
      response.setHeader('x-influxdb-version', 'v2.9.1');
      if (request.url === '/health') response.end('{"name":"influxdb","status":"pass"}');
      else if (request.url === '/api/v2/setup') response.end('{"allowed":true}');
      else response.writeHead(401).end('{"code":"unauthorized","message":"unauthorized access"}');
    });
    expect(last(result)).toMatchObject({ name: 'token', ok: false });
    expect(last(result).hint).toContain('has not been set up');
  });

  test('never repeats the token that an answer repeats', async () => {
    const result = await checkAnswers((request, response) => {
      response.setHeader('x-influxdb-version', 'v2.9.1');
      if (request.url === '/health') response.end('{"name":"influxdb","status":"pass"}');
      else response.writeHead(418).end(JSON.stringify({ message: `who is ${request.headers.authorization}?` }));
    });
    expect(last(result).detail).toBe('the server answers 418: who is Token [token]?');
  });
});

describe('checkInflux without an answer', () => {
  const detail = async (changes: Partial<InfluxSettings>, timeoutMs?: number): Promise<string> => {
    const result = await checkInflux({ ...settings, ...changes }, timeoutMs);
    expect(marks(result)).toEqual(['server failed']);
    expect(last(result).hint).toBeDefined();
    return last(result).detail;
  };

  test('says that nothing listens', async () => {
    const url = await listen(createTcpServer());
    await new Promise((resolve) => servers.pop()!.close(resolve));
    expect(await detail({ url })).toContain('refuses the connection');
  });

  test('says that the name is not known', async () => {
    expect(await detail({ url: 'http://no-such-host.invalid:8086' })).toContain('no-such-host.invalid');
  });

  test('says that no answer came in time', async () => {
    const url = await listen(createTcpServer((socket) => socket.on('error', () => {}).unref()));
    expect(await detail({ url }, 50)).toContain('did not answer within 0.05 s');
  });

  test('says that there is no TLS, no HTTP, or no answer at all', async () => {
    const http = await listen(createServer());
    expect(await detail({ url: http.replace('http:', 'https:') })).toContain('does not speak TLS');
    const ssh = await listen(createTcpServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n')));
    expect(await detail({ url: ssh })).toContain('not in HTTP');
    const silent = await listen(createTcpServer((socket) => void socket.on('error', () => {}).destroy()));
    expect(await detail({ url: silent })).toContain('ends the connection');
  });
});
