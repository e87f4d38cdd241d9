import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { InfluxConfig } from '@ergodic/core';
import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client';
import { messageOf } from '../errors.ts';
import { type InfluxSettings, redacted, resolveInflux } from './settings.ts';
import { type Sink, SinkFailure } from './sink.ts';

const LANES = 2;
/** An answer must be there within this time, ms. */
const DEADLINE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

// What goes wrong is told by SinkFailure; the client would write it to the terminal.
setLogger({ error() {}, warn() {} });

/**
 * InfluxDB 2 through the transport of its own client. The client's WriteApi would keep, retry and drop lines by rules of its
 * own, and would count the characters of each; here a request is one answer, and 204 alone is an acknowledgement.
 */
export class InfluxSink implements Sink {
  readonly lanes: number = LANES;
  private readonly config: InfluxConfig;
  private agent!: HttpAgent | HttpsAgent;
  private client!: InfluxDB;
  private settings!: InfluxSettings;
  private isClosed = false;

  /** Throws RunError where the settings do not resolve. */
  constructor(config: InfluxConfig) {
    this.config = config;
    this.connect();
  }

  async write(body: Buffer): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      const fail = (): void => {
        isLate = true;
        reject(new SinkFailure('retry', `no answer within ${DEADLINE_MS / 1_000} s`));
      };
      timer = setTimeout(fail, DEADLINE_MS);
    });
    try {
      await Promise.race([this.post(body), late]);
    } catch (error) {
      const failure = this.failureOf(error);
      // A connection may be stuck, a token may have been replaced. Nothing else is a reason to cut the other delivery off.
      if (isLate) this.reconnect();
      else if (failure.kind === 'blocked') this.renew();
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.isClosed = true;
    this.agent.destroy();
  }

  private post(body: Buffer): Promise<void> {
    const { org, bucket } = this.settings;
    const path = `/api/v2/write?org=${encodeURIComponent(org)}&bucket=${encodeURIComponent(bucket)}&precision=ns`;
    const options = { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' } };
    let status = 0;
    return new Promise((resolve, reject) => {
      // A text is what its type asks for; it makes bytes of it at once, and as many characters would only be garbage.
      this.client.transport.send(path, body as unknown as string, options, {
        responseStarted: (_, code) => {
          status = code ?? 0;
        },
        next: () => {},
        error: reject,
        complete: () => {
          if (status === 204) resolve();
          else reject(new HttpError(status, `the answer must be 204, got ${status}: is that InfluxDB 2?`));
        },
      });
    });
  }

  private connect(): void {
    this.settings = resolveInflux(this.config);
    const { url } = this.settings;
    this.agent = new (url.startsWith('https:') ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: LANES });
    this.open();
  }

  private open(): void {
    const { url, token } = this.settings;
    this.client = new InfluxDB({ url, token, timeout: DEADLINE_MS, transportOptions: { agent: this.agent } });
  }

  private reconnect(): void {
    if (this.isClosed) return;
    this.agent.destroy();
    this.renew();
  }

  /** Reads the token again. */
  private renew(): void {
    try {
      this.settings = resolveInflux(this.config);
      this.open();
    } catch {
      // The token's file is being replaced: the settings of before serve until it is there.
    }
  }

  private failureOf(error: unknown): SinkFailure {
    if (error instanceof SinkFailure) return error;
    if (!(error instanceof HttpError)) {
      return new SinkFailure('retry', redacted(messageOf(error) || 'the connection broke', this.settings.token));
    }
    const { statusCode: status, statusMessage, headers } = error;
    const reason = redacted(reasonOf(error) ?? statusMessage ?? 'no reason given', this.settings.token);
    const dropped = /dropped=(\d+)/.exec(reason)?.[1];
    return new SinkFailure(kindOf(status), `${status} ${reason}`, {
      status,
      afterMs: pauseOf(headers?.['retry-after']),
      dropped: dropped === undefined ? undefined : Number(dropped),
    });
  }
}

function reasonOf({ json, body }: HttpError): string | undefined {
  const said = (json as { message?: unknown; error?: unknown } | undefined) ?? {};
  const text = [said.message, said.error, body].find((one) => typeof one === 'string' && one.trim() !== '');
  return (text as string | undefined)?.trim().slice(0, 500);
}

function kindOf(status: number): SinkFailure['kind'] {
  if (status === 400 || status === 422) return 'refused';
  if (status === 413) return 'too-large';
  return status === 408 || status === 429 || status >= 500 ? 'retry' : 'blocked';
}

/** `Retry-After`: seconds, or a date. */
function pauseOf(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS);
}
