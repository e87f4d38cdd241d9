import type { MessagePort } from 'node:worker_threads';
import { type Remote, releaseProxy, wrap } from 'comlink';
import nodeEndpointModule from 'comlink/dist/umd/node-adapter.js';

type NodeEndpoint = (port: MessagePort) => Parameters<typeof wrap>[0];
// The adapter is a UMD module: its function is the default export, or the module itself.
const nodeEndpoint = ((nodeEndpointModule as { default?: unknown }).default ?? nodeEndpointModule) as NodeEndpoint;

/** What a worker tells of itself, between slices of work. */
export interface WorkerStatus {
  readonly threadId: number;
  /** Episode being run, -1 outside. */
  readonly episode: number;
  readonly isPaused: boolean;
  readonly episodes: number;
  readonly steps: number;
  readonly events: number;
  readonly heapUsedMb: number;
  readonly externalMb: number;
}

/** The comlink interface of a worker. Calls are answered within about 50 ms, also in the middle of an episode. */
export interface WorkerControl {
  status(): WorkerStatus;
  pause(): void;
  resume(): void;
}

/** First message of a worker: the port of its control channel. */
export interface ControlOffer {
  readonly ergodicControl: MessagePort;
  readonly threadId: number;
}

export function isControlOffer(message: unknown): message is ControlOffer {
  return typeof message === 'object' && message !== null && 'ergodicControl' in message;
}

export { nodeEndpoint };

/** The coordinator's end of the control channels: one per living worker. */
export class ControlChannels {
  private readonly remotes = new Map<
    number,
    { remote: Remote<WorkerControl>; port: MessagePort; closed: Promise<void> }
  >();

  add(offer: ControlOffer): void {
    const port = offer.ergodicControl;
    const remote = wrap<WorkerControl>(nodeEndpoint(port));
    // A call in flight to a dead worker would hang for ever: its channel goes with it.
    const closed = new Promise<void>((resolve) => {
      port.once('close', () => {
        this.remove(offer.threadId);
        resolve();
      });
    });
    this.remotes.set(offer.threadId, { remote, port, closed });
    port.unref();
  }

  remove(threadId: number): void {
    const entry = this.remotes.get(threadId);
    if (entry === undefined) return;
    this.remotes.delete(threadId);
    entry.remote[releaseProxy]();
    entry.port.close();
  }

  close(): void {
    for (const threadId of [...this.remotes.keys()]) this.remove(threadId);
  }

  /** Calls every worker; those that do not answer in time (a long event handler, a dead thread) are left out. */
  async each<T>(call: (remote: Remote<WorkerControl>) => Promise<T>, timeoutMs: number = 1_000): Promise<T[]> {
    const answers = await Promise.all(
      [...this.remotes.values()].map(({ remote, closed }) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<T[]>((resolve) => {
          timer = setTimeout(resolve, timeoutMs, []);
          void closed.then(() => resolve([]));
        });
        const answered = call(remote).then((answer) => [answer]);
        return Promise.race([answered, late]).finally(() => clearTimeout(timer));
      }),
    );
    return answers.flat();
  }
}
