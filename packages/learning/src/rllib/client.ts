import { connect, type Socket } from 'node:net';
import type { RllinkAddress } from './address.ts';
import { RllinkError } from './errors.ts';
import { encodeFrame, FrameDecoder } from './frames.ts';
import { type RequestType, type ResponseType, type ServerState, serverState } from './messages.ts';

export interface ClientOptions {
  /** Ends the connection. */
  readonly signal?: AbortSignal | undefined;
  /** How long an answer may take; default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How long the first answer may take; default 30,000. */
  readonly firstTimeoutMs?: number | undefined;
}

const TIMEOUT_MS = 60_000;
const FIRST_TIMEOUT_MS = 30_000;

interface Waiting {
  readonly resolve: (message: ReadonlyMap<unknown, unknown>) => void;
  readonly reject: (error: RllinkError) => void;
}

/**
 * One connection to an RLlink server. Requests are answered one after the other. Every promise settles: a connection that broke, an
 * answer that does not come and bytes that are no message reject with RllinkError (`RLLINK_LOST`, `RLLINK_PROTOCOL`), after which
 * the connection is closed.
 */
export class RllinkClient {
  private readonly socket: Socket;
  private readonly decoder = new FrameDecoder();
  private readonly timeoutMs: number;
  private readonly place: string;
  private waiting: Waiting | undefined;
  private failure: RllinkError | undefined;
  private readonly failureListeners = new Set<(error: RllinkError) => void>();

  private constructor(socket: Socket, place: string, timeoutMs: number) {
    this.socket = socket;
    this.place = place;
    this.timeoutMs = timeoutMs;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', (error) => this.fail(this.lost(error.message, error)));
    socket.on('close', () => this.fail(this.lost('the server closed the connection')));
  }

  /** Connects and says PING. What answers without being an RLlink server is `RLLINK_PROTOCOL`. */
  static async connect(address: RllinkAddress, options: ClientOptions = {}): Promise<RllinkClient> {
    const { signal, timeoutMs = TIMEOUT_MS, firstTimeoutMs = FIRST_TIMEOUT_MS } = options;
    const place = `${address.host}:${address.port}`;
    const socket = await opened(address, place, firstTimeoutMs, signal);
    const client = new RllinkClient(socket, place, timeoutMs);
    const abort = (): void => client.fail(client.lost('interrupted'));
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('close', () => signal?.removeEventListener('abort', abort));
    const silence =
      `${place} took the connection but did not answer PING within ${firstTimeoutMs / 1_000} s: it is no RLlink server, ` +
      'or another client is connected to it (it serves one at a time)';
    await client.request('PING', 'PONG', firstTimeoutMs, new RllinkError('RLLINK_PROTOCOL', silence));
    return client;
  }

  /** Calls back once when the connection has failed, also if it has already. */
  onFailure(listener: (error: RllinkError) => void): void {
    if (this.failure !== undefined) listener(this.failure);
    else this.failureListeners.add(listener);
  }

  /** Throws what ended the connection, if anything has. */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  async getState(): Promise<ServerState> {
    const state = await this.request('GET_STATE', 'SET_STATE', this.timeoutMs);
    try {
      return serverState(state);
    } catch (error) {
      this.fail(error as RllinkError);
      throw error;
    }
  }

  /** Sends a frame of EPISODES, which has no answer. Resolves when the system has taken it. */
  sendEpisodes(frame: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure);
      const late = this.lost(`it took no bytes for ${this.timeoutMs / 1_000} s`);
      const timer = setTimeout(() => this.fail(late), this.timeoutMs);
      this.socket.write(frame, (error) => {
        clearTimeout(timer);
        if (error == null) resolve();
        else reject(this.failure ?? this.lost(error.message, error));
      });
    });
  }

  close(): void {
    this.fail(this.lost('closed by us'));
  }

  private request(
    type: RequestType,
    answer: ResponseType,
    timeoutMs: number,
    silence: RllinkError = this.lost(`no answer to ${type} within ${timeoutMs / 1_000} s`),
  ): Promise<ReadonlyMap<unknown, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure);
      const timer = setTimeout(() => this.fail(silence), timeoutMs);
      this.waiting = {
        resolve: (message) => {
          clearTimeout(timer);
          const got = String(message.get('type')).slice(0, 40);
          if (got === answer) resolve(message);
          else this.fail(this.unexpected(`to ${type} it must answer ${answer}, got ${got}`), reject);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.socket.write(encodeFrame({ type }));
    });
  }

  private receive(chunk: Buffer): void {
    try {
      for (const message of this.decoder.push(chunk)) {
        const { waiting } = this;
        if (waiting === undefined) throw this.unexpected(`it sent ${String(message.get('type')).slice(0, 40)} unasked`);
        this.waiting = undefined;
        waiting.resolve(message);
      }
    } catch (error) {
      if (!(error instanceof RllinkError)) throw error;
      this.fail(error.message.startsWith(this.place) ? error : this.unexpected(error.message));
    }
  }

  /** Closes the connection; what waits, and `also`, reject. */
  private fail(error: RllinkError, also?: (error: RllinkError) => void): void {
    this.failure ??= error;
    this.socket.destroy();
    also?.(this.failure);
    const { waiting, failure } = this;
    this.waiting = undefined;
    waiting?.reject(failure);
    for (const listener of this.failureListeners) listener(failure);
    this.failureListeners.clear();
  }

  private lost(reason: string, cause?: unknown): RllinkError {
    return new RllinkError('RLLINK_LOST', `${this.place}: ${reason}`, { cause });
  }

  private unexpected(reason: string): RllinkError {
    return new RllinkError('RLLINK_PROTOCOL', `${this.place} is no RLlink server: ${reason}`);
  }
}

function opened(
  { host, port }: RllinkAddress,
  place: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const settle = (reason: string | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('error', onError).off('connect', onConnect);
      if (reason === undefined) {
        resolve(socket);
        return;
      }
      socket.on('error', () => {});
      socket.destroy();
      reject(new RllinkError('RLLINK_LOST', `${place}: ${reason}`));
    };
    const onError = (error: NodeJS.ErrnoException): void =>
      settle(error.code === 'ECONNREFUSED' ? 'nothing listens there (ECONNREFUSED)' : error.message);
    const onConnect = (): void => settle(undefined);
    const abort = (): void => settle('interrupted');
    const timer = setTimeout(() => settle(`no connection within ${timeoutMs / 1_000} s`), timeoutMs);
    socket.once('error', onError).once('connect', onConnect);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
