import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { unzip } from 'node:zlib';

const LISTEN_TRIES = 100;
const LISTEN_PAUSE_MS = 20;
const IDLE_MS = 120_000;

/** What happens to a request. Modes that name no other end still forward it and give the answer of the target. */
export type FaultMode =
  | 'pass'
  /** Takes the body and never answers; nothing reaches the target. */
  | 'hang'
  /** `{ reset: 'before' }` */
  | 'reset'
  /** Stops listening and cuts every connection; any other mode listens again, on the same port. */
  | 'down'
  /** Answers with this status; nothing reaches the target. Without `body` an error as InfluxDB writes it. */
  | Limited<{ readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }>
  /** Waits before the request goes on. */
  | Limited<{ readonly slowMs: number }>
  /** Cuts the connection: before anything reached the target, or after the target has taken and answered it all. */
  | Limited<{ readonly reset: 'before' | 'after' }>
  /** So many bytes of the answer, its head included, then cuts the connection. */
  | Limited<{ readonly truncate: number }>
  /** 400 for a body with a line that matches; nothing of it reaches the target. */
  | Limited<{ readonly refuseLine: RegExp }>
  /** 413 for a body with more bytes on the wire. */
  | Limited<{ readonly maxBytes: number }>;

/** After `times` requests the next mode of the script holds, or `pass`. */
type Limited<T> = T & { readonly times?: number };

/** A mode for `times` requests or for `ms` milliseconds; the last one of a script stays if it has neither. */
export type FaultStep = FaultMode | { readonly mode: FaultMode; readonly times?: number; readonly ms?: number };

export interface FaultCounts {
  /** Requests that arrived, with those under way. */
  requests: number;
  /** Those that the target has answered. */
  forwarded: number;
  /** Of bodies that arrived, on the wire. */
  bytes: number;
  /** Lines of bodies that the target has answered with 2xx. */
  acceptedLines: number;
  /** Answers by status; 0 counts requests that ended without one. */
  byStatus: Record<number, number>;
  /** The most requests that were under way at a time. */
  maxConcurrent: number;
  /** Of one body: bytes on the wire, bytes after gzip, lines. */
  largest: { bytes: number; plainBytes: number; lines: number };
}

export interface FaultProxy {
  readonly url: string;
  readonly counts: FaultCounts;
  /** Requests under way. */
  readonly concurrent: number;
  /** Takes effect with the next request, `down` at once. Setting it ends a script. */
  mode: FaultMode;
  /** Modes one after the other. Resolves when the last one holds. */
  script(steps: readonly FaultStep[]): Promise<void>;
  /** Resolves when the proxy listens, or does not, as its mode wants. */
  settled(): Promise<void>;
  clearCounts(): void;
  stop(): Promise<void>;
}

/** An HTTP proxy in front of `targetUrl` that fails as it is told. It listens on 127.0.0.1. */
export async function startProxy(targetUrl: string): Promise<FaultProxy> {
  const proxy = new HttpFaultProxy(new URL(targetUrl));
  await proxy.open();
  return proxy;
}

/** A request and what became of it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

class HttpFaultProxy implements FaultProxy {
  counts: FaultCounts = noCounts();
  concurrent = 0;
  private readonly target: URL;
  private readonly server = createServer({ keepAlive: true });
  private readonly underWay = new Set<ClientRequest>();
  private readonly stopping = new AbortController();
  private port = 0;
  private steps: Step[] = [{ mode: 'pass', left: Number.POSITIVE_INFINITY, ms: undefined }];
  private timer: NodeJS.Timeout | undefined;
  private listening: Promise<void> = Promise.resolve();
  private arrived: (() => void) | undefined;

  constructor(target: URL) {
    this.target = target;
    // A client that keeps connections must not meet one that is about to end: InfluxDB keeps them for long, too.
    this.server.keepAliveTimeout = IDLE_MS;
    this.server.requestTimeout = 0;
    this.server.on('request', (request, response) => void this.take(request, response));
    this.server.on('clientError', (_, socket) => socket.destroy());
    this.server.on('connection', (socket) => socket.on('error', () => {}));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get mode(): FaultMode {
    return this.steps[0]!.mode;
  }

  set mode(mode: FaultMode) {
    void this.script(typeof mode === 'object' && mode.times !== undefined ? [mode, 'pass'] : [mode]);
  }

  script(steps: readonly FaultStep[]): Promise<void> {
    this.arrived?.();
    this.steps =
      steps.length === 0 ? [stepOf('pass', true)] : steps.map((step, i) => stepOf(step, i === steps.length - 1));
    const done = new Promise<void>((resolve) => {
      this.arrived = resolve;
    });
    this.enter();
    return done;
  }

  settled(): Promise<void> {
    return this.listening;
  }

  clearCounts(): void {
    this.counts = noCounts();
  }

  async open(): Promise<void> {
    this.follow();
    await this.listening;
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.stopping.abort();
    this.follow();
    await this.listening;
    for (const request of this.underWay) request.destroy();
  }

  /** Begins the first step that is left. */
  private enter(): void {
    clearTimeout(this.timer);
    const { ms } = this.steps[0]!;
    this.follow();
    if (ms !== undefined) this.timer = setTimeout(() => this.next(), ms).unref();
    if (this.steps.length === 1) this.arrived?.();
  }

  private next(): void {
    this.steps.shift();
    if (this.steps.length === 0) this.steps.push(stepOf('pass', true));
    this.enter();
  }

  /** The mode of a request that arrives now. */
  private modeOfNext(): FaultMode {
    const step = this.steps[0]!;
    step.left--;
    if (step.left <= 0) this.next();
    return step.mode;
  }

  /** Listens or does not, as the mode then wants, when what it did before is done. */
  private follow(): void {
    this.listening = this.listening.then(async () => {
      if (!this.isOpen() && this.server.listening) {
        this.server.close();
        this.server.closeAllConnections();
      }
      for (let tries = 1; this.isOpen() && !this.server.listening; tries++) {
        this.server.listen(this.port, '127.0.0.1');
        try {
          await once(this.server, 'listening');
          this.port = (this.server.address() as { port: number }).port;
        } catch (error) {
          if (tries === LISTEN_TRIES) throw error;
          await sleep(LISTEN_PAUSE_MS);
        }
      }
    });
    // Whoever waits for settled() hears of it.
    this.listening.catch(() => {});
  }

  private isOpen(): boolean {
    return !this.stopping.signal.aborted && this.mode !== 'down';
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counts } = this;
    const mode = this.modeOfNext();
    const { socket } = request;
    counts.requests++;
    this.concurrent++;
    counts.maxConcurrent = Math.max(counts.maxConcurrent, this.concurrent);
    response.on('error', () => {});
    response.on('close', () => {
      this.concurrent--;
      const status = response.writableFinished ? response.statusCode : 0;
      counts.byStatus[status] = (counts.byStatus[status] ?? 0) + 1;
    });
    try {
      if (mode === 'reset' || (typeof mode === 'object' && 'reset' in mode && mode.reset === 'before')) {
        socket.resetAndDestroy();
        return;
      }
      const body = await bodyOf(request);
      counts.bytes += body.length;
      counts.largest.bytes = Math.max(counts.largest.bytes, body.length);
      await this.apply(mode, { request, response, socket, body }, counts);
    } catch {
      // The client or the target has gone, in the middle: the other one is to see that.
      socket.destroy();
    }
  }

  private async apply(mode: FaultMode, exchange: Exchange, counts: FaultCounts): Promise<void> {
    const { response, socket, body } = exchange;
    if (mode === 'hang') return;
    if (mode === 'down') {
      socket.destroy();
      return;
    }
    const text = await plain(exchange);
    const lines = linesOf(text);
    counts.largest.plainBytes = Math.max(counts.largest.plainBytes, text.length);
    counts.largest.lines = Math.max(counts.largest.lines, lines);
    if (typeof mode === 'object') {
      if ('status' in mode) return answer(response, errorOf(mode.status, mode.body, mode.headers));
      if ('maxBytes' in mode && body.length > mode.maxBytes) return answer(response, errorOf(413));
      if ('refuseLine' in mode) {
        const refused = refusedLines(text, mode.refuseLine);
        if (refused !== undefined) return answer(response, errorOf(400, refused));
      }
      if ('slowMs' in mode) await sleep(mode.slowMs, undefined, { signal: this.stopping.signal, ref: false });
    }
    const got = await this.forward(exchange);
    counts.forwarded++;
    if (got.status >= 200 && got.status < 300) counts.acceptedLines += lines;
    if (typeof mode === 'object' && 'reset' in mode) socket.resetAndDestroy();
    else if (typeof mode === 'object' && 'truncate' in mode)
      socket.end(rawOf(got).subarray(0, mode.truncate), () => socket.destroy());
    else answer(response, got);
  }

  private forward({ request: { method, url = '/', headers }, body }: Exchange): Promise<Answer> {
    const { connection: _, 'transfer-encoding': __, expect: ___, ...kept } = headers;
    const path = this.target.pathname.replace(/\/$/, '') + url;
    return new Promise((resolve, reject) => {
      const outgoing = request({
        hostname: this.target.hostname.replace(/^\[|\]$/g, ''),
        port: this.target.port || 80,
        method,
        path,
        headers: { ...kept, host: this.target.host, connection: 'close', 'content-length': String(body.length) },
        agent: false,
      });
      this.underWay.add(outgoing);
      outgoing.on('close', () => this.underWay.delete(outgoing));
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        bodyOf(response).then(
          (body) => resolve({ status: response.statusCode!, headers: response.headers, body }),
          reject,
        );
      });
      outgoing.end(body);
    });
  }
}

interface Step {
  readonly mode: FaultMode;
  /** Requests that it still is for. */
  left: number;
  readonly ms: number | undefined;
}

function stepOf(given: FaultStep, isLast: boolean): Step {
  const { mode, times, ms } =
    typeof given === 'object' && 'mode' in given ? given : { mode: given, times: undefined, ms: undefined };
  const own = typeof mode === 'object' ? mode.times : undefined;
  const unlimited = isLast || ms !== undefined || mode === 'down';
  return { mode, left: times ?? own ?? (unlimited ? Number.POSITIVE_INFINITY : 1), ms };
}

function noCounts(): FaultCounts {
  const largest = { bytes: 0, plainBytes: 0, lines: 0 };
  return { requests: 0, forwarded: 0, bytes: 0, acceptedLines: 0, byStatus: {}, maxConcurrent: 0, largest };
}

/** The whole body; rejects where it ends too early. */
async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The body without gzip; one that claims it and is none stays as it is. */
async function plain({ request, body }: Exchange): Promise<Buffer> {
  if (request.headers['content-encoding'] !== 'gzip' || body.length === 0) return body;
  return promisify(unzip)(body).catch(() => body);
}

function linesOf(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(10); at !== -1; at = text.indexOf(10, at + 1)) lines++;
  return text.length > 0 && text[text.length - 1] !== 10 ? lines + 1 : lines;
}

/** What InfluxDB 2.9 says of a body with lines that it cannot read; `undefined` without such lines. */
function refusedLines(text: Buffer, refuse: RegExp): string | undefined {
  const once = new RegExp(refuse.source, refuse.flags.replace(/[gy]/g, ''));
  const refused = text
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && once.test(line));
  if (refused.length === 0) return undefined;
  const message = refused.map((line) => `unable to parse '${line}': invalid field format`).join('\n');
  return JSON.stringify({ code: 'invalid', message });
}

/** Codes of InfluxDB 2 by status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  413: 'request too large',
  422: 'unprocessable entity',
  429: 'too many requests',
  500: 'internal error',
  503: 'unavailable',
};

function errorOf(status: number, body?: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const code = CODES[status] ?? 'internal error';
  const text = body ?? JSON.stringify({ code, message: `${STATUS_CODES[status]}, says the fault proxy` });
  const type = { 'content-type': 'application/json; charset=utf-8', 'x-platform-error-code': code };
  return { status, headers: { ...type, ...headers }, body: Buffer.from(text) };
}

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...endToEnd(headers), ...lengthOf(status, body) });
  response.end(body);
}

/** The answer as bytes on the wire. */
function rawOf({ status, headers, body }: Answer): Buffer {
  const lines = Object.entries({ ...endToEnd(headers), ...lengthOf(status, body) }).map(
    ([name, value]) => `${name}: ${String(value)}\r\n`,
  );
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`), body]);
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, 'content-length': ____, ...kept } = headers;
  return kept;
}

function lengthOf(status: number, body: Buffer): Record<string, string> {
  return status === 204 || status === 304 ? {} : { 'content-length': String(body.length) };
}
