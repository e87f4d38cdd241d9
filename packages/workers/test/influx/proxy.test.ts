import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FaultProxy, startProxy } from './proxy.ts';

/** Bodies and paths that the target has taken. */
let taken: { path: string; body: Buffer; headers: IncomingHttpHeaders }[];
let target: Server;
let targetUrl: string;
let proxy: FaultProxy;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  target = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    taken.push({ path: incoming.url!, body: Buffer.concat(chunks), headers: incoming.headers });
    if (incoming.url === '/text') outgoing.end('x'.repeat(1_000));
    else outgoing.writeHead(204, { 'x-influxdb-version': 'v2.9.1' }).end();
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  targetUrl = `http://127.0.0.1:${(target.address() as { port: number }).port}`;
});

afterAll(() => {
  agent.destroy();
  target.close();
});

beforeEach(async () => {
  taken = [];
  proxy = await startProxy(targetUrl);
});

afterEach(() => proxy.stop());

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Rejects with the code of the connection's error; after `timeoutMs` without an answer with `TIMEOUT`. */
function send(
  body: string | Buffer = 'm v=1 1\n',
  options: { readonly path?: string; readonly gzip?: boolean; readonly timeoutMs?: number } = {},
): Promise<Reply> {
  const { path = '/api/v2/write', gzip = false, timeoutMs = 10_000 } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(new Error(error.code ?? error.message));
    const outgoing = request(proxy.url + path, {
      method: 'POST',
      agent,
      headers: gzip ? { 'content-encoding': 'gzip' } : {},
      timeout: timeoutMs,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('TIMEOUT')));
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    outgoing.end(gzip ? gzipSync(body) : body);
  });
}

describe('a fault proxy', () => {
  test('passes method, path, headers, body and answer on', async () => {
    const { status, headers } = await send('a v=1\nb v=2', { path: '/api/v2/write?org=o&bucket=b%20c' });
    expect(status).toBe(204);
    expect(headers['x-influxdb-version']).toBe('v2.9.1');
    expect(taken).toMatchObject([{ path: '/api/v2/write?org=o&bucket=b%20c', body: Buffer.from('a v=1\nb v=2') }]);
    expect((await send('', { path: '/text' })).text).toHaveLength(1_000);
    expect(proxy.counts).toMatchObject({ requests: 2, forwarded: 2, bytes: 11, acceptedLines: 2 });
    expect(proxy.counts.byStatus).toEqual({ 200: 1, 204: 1 });
  });

  test('takes gzip bodies of many megabytes and tells their size', async () => {
    const line = 'equity,run=r episode=1i,step=2i,equity=100000.5 1700000000000000000\n';
    const text = line.repeat(300_000);
    expect((await send(text, { gzip: true })).status).toBe(204);
    expect(taken[0]!.headers['content-encoding']).toBe('gzip');
    expect(proxy.counts.largest).toEqual({
      bytes: gzipSync(text).length,
      plainBytes: text.length,
      lines: 300_000,
    });
    expect((await send(text)).status).toBe(204);
    expect(proxy.counts.largest.bytes).toBe(text.length);
    expect(proxy.counts.acceptedLines).toBe(600_000);
  });

  test('answers with a status so many times, then passes', async () => {
    proxy.mode = { status: 429, headers: { 'retry-after': '2' }, times: 2 };
    const first = await send();
    expect(first).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
    expect(JSON.parse(first.text)).toMatchObject({ code: 'too many requests' });
    expect((await send()).status).toBe(429);
    expect(taken).toEqual([]);
    expect((await send()).status).toBe(204);
    expect(proxy.mode).toBe('pass');
    expect(proxy.counts).toMatchObject({ requests: 3, forwarded: 1, byStatus: { 429: 2, 204: 1 } });
  });

  test.each([503, 500, 401, 403, 404, 400, 413, 422, 408])(
    'answers with %i and a body of one’s own',
    async (status) => {
      proxy.mode = { status, body: 'own text' };
      expect(await send()).toMatchObject({ status, text: 'own text' });
    },
  );

  test('hangs without an answer', async () => {
    proxy.mode = 'hang';
    await expect(send('m v=1', { timeoutMs: 50 })).rejects.toThrow('TIMEOUT');
    expect(taken).toEqual([]);
    proxy.mode = 'pass';
    expect((await send()).status).toBe(204);
  });

  test('cuts the connection before or after the target has the body', async () => {
    proxy.mode = 'reset';
    await expect(send()).rejects.toThrow('ECONNRESET');
    expect(taken).toHaveLength(0);
    proxy.mode = { reset: 'before' };
    await expect(send('m v=1\n'.repeat(1_000_000))).rejects.toThrow(/ECONNRESET|EPIPE/);
    expect(taken).toHaveLength(0);
    proxy.mode = { reset: 'after' };
    await expect(send()).rejects.toThrow('ECONNRESET');
    expect(taken).toHaveLength(1);
    expect(proxy.counts).toMatchObject({ requests: 3, forwarded: 1, byStatus: { 0: 3 } });
  });

  test('cuts an answer in its head or its body', async () => {
    proxy.mode = { truncate: 15 };
    await expect(send()).rejects.toThrow(/HPE_INVALID|ECONNRESET/);
    expect(taken).toHaveLength(1);
    proxy.mode = { truncate: 600 };
    await expect(send('', { path: '/text' })).rejects.toThrow('ECONNRESET');
  });

  test('is slow', async () => {
    proxy.mode = { slowMs: 100 };
    const start = performance.now();
    expect((await send()).status).toBe(204);
    expect(performance.now() - start).toBeGreaterThan(95);
  });

  test('refuses bodies with a line that matches, as InfluxDB does', async () => {
    proxy.mode = { refuseLine: /episode=7i/g };
    const refused = await send('m episode=6i 1\nm episode=7i 2\nm episode=7i 3\n', { gzip: true });
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text)).toEqual({
      code: 'invalid',
      message:
        "unable to parse 'm episode=7i 2': invalid field format\nunable to parse 'm episode=7i 3': invalid field format",
    });
    expect((await send('m episode=6i 1\n', { gzip: true })).status).toBe(204);
    expect(taken).toHaveLength(1);
  });

  test('refuses bodies that are too large', async () => {
    proxy.mode = { maxBytes: 100 };
    expect((await send('x'.repeat(101))).status).toBe(413);
    expect((await send('x'.repeat(100))).status).toBe(204);
  });

  test('goes down with its connections and comes back on the same port', async () => {
    const { url } = proxy;
    expect((await send()).status).toBe(204);
    proxy.mode = { slowMs: 10_000 };
    const underWay = expect(send()).rejects.toThrow('ECONNRESET');
    while (proxy.concurrent === 0) await new Promise(setImmediate);
    proxy.mode = 'down';
    await underWay;
    await expect(send()).rejects.toThrow('ECONNREFUSED');
    for (const mode of ['pass', 'down', 'pass', 'down', 'pass'] as const) proxy.mode = mode;
    await proxy.settled();
    expect(proxy.url).toBe(url);
    expect((await send()).status).toBe(204);
  });

  test('follows a script of modes, by requests and by time', async () => {
    const done = proxy.script([
      { status: 503, times: 2 },
      'reset',
      { mode: 'down', ms: 100 },
      { mode: { status: 429 }, times: 1 },
      'pass',
    ]);
    expect((await send()).status).toBe(503);
    expect((await send()).status).toBe(503);
    await expect(send()).rejects.toThrow('ECONNRESET');
    await proxy.settled();
    await expect(send()).rejects.toThrow('ECONNREFUSED');
    await expect.poll(() => send().then(({ status }) => status, String)).toBe(429);
    await done;
    expect((await send()).status).toBe(204);
  });

  test('tells how many requests were under way at a time', async () => {
    proxy.mode = { slowMs: 50 };
    await Promise.all([send(), send(), send()]);
    expect(proxy.counts.maxConcurrent).toBe(3);
    await expect.poll(() => proxy.concurrent).toBe(0);
    proxy.clearCounts();
    expect(proxy.counts).toMatchObject({ requests: 0, maxConcurrent: 0 });
  });

  test('cuts the connection where the target is not there', async () => {
    await proxy.stop();
    proxy = await startProxy('http://127.0.0.1:1');
    await expect(send()).rejects.toThrow('ECONNRESET');
    expect(proxy.counts).toMatchObject({ requests: 1, forwarded: 0, byStatus: { 0: 1 } });
  });

  test('survives a client that leaves in the middle and a body that is no gzip', async () => {
    const outgoing = request(proxy.url, { method: 'POST', headers: { 'content-length': '1000' } });
    outgoing.on('error', () => {});
    outgoing.write('half');
    while (proxy.concurrent === 0) await new Promise(setImmediate);
    outgoing.destroy();
    await expect.poll(() => proxy.concurrent).toBe(0);
    const response = await fetch(proxy.url, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: 'none' });
    expect(response.status).toBe(204);
    expect(taken).toHaveLength(1);
  });
});
