import { createServer, type Server, type Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../src/rllib/frames.ts';
import type { Parameters } from '../../src/rllib/messages.ts';
import { stateMessage } from './weights.ts';

type Wire = ReadonlyMap<string, unknown>;

export interface FakeOptions {
  /** Steps that it learns from at once. */
  readonly trainBatchSize: number;
  /** The weights after so many updates. */
  readonly weights: (update: number) => Parameters;
  /** Updates at its start. */
  readonly update?: number;
  readonly port?: number;
  /** Sends answers in pieces of so many bytes. */
  readonly pieceBytes?: number;
  /** Called with each message before it is acted on; true: nothing more is done with it. */
  readonly intercept?: (type: string, socket: Socket, server: FakeServer) => boolean;
}

/**
 * Speaks RLlink as RLlib's server does (`EnvRunnerServerForExternalInference`, Ray 2.60): one client at a time, steps add up
 * over connections, and as soon as there are enough it learns and counts its weights up.
 */
export class FakeServer {
  /** Of all that came: episodes, in order. */
  readonly episodes: Wire[] = [];
  readonly requests: string[] = [];
  connections = 0;
  update: number;
  private readonly options: FakeOptions;
  private readonly listener: Server;
  private readonly sockets = new Set<Socket>();
  private waitingSteps = 0;

  private constructor(options: FakeOptions) {
    this.options = options;
    this.update = options.update ?? 0;
    this.listener = createServer((socket) => this.accept(socket));
  }

  static async start(options: FakeOptions): Promise<FakeServer> {
    const server = new FakeServer(options);
    await new Promise<void>((resolve, reject) => {
      server.listener.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.listener.address() as { port: number }).port;
  }

  get url(): string {
    return `rllib://127.0.0.1:${this.port}`;
  }

  get steps(): number {
    return this.episodes.reduce((sum, episode) => sum + stepsOf(episode), 0);
  }

  /** As a process that is killed: connections end wherever they are. */
  async kill(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.listener.close(() => resolve()));
  }

  answer(socket: Socket, message: object): void {
    this.write(socket, Buffer.from(encodeFrame(message)));
  }

  stateFrame(): Buffer {
    return Buffer.from(encodeFrame(stateMessage(this.options.weights(this.update), this.update)));
  }

  private accept(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    const decoder = new FrameDecoder();
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk) => {
      for (const message of decoder.push(chunk)) this.receive(message as Wire, socket);
    });
  }

  private receive(message: Wire, socket: Socket): void {
    const type = message.get('type') as string;
    this.requests.push(type);
    if (this.options.intercept?.(type, socket, this) === true) return;
    if (type === 'PING') this.answer(socket, { type: 'PONG' });
    else if (type === 'GET_STATE') this.write(socket, this.stateFrame());
    else if (type === 'EPISODES') this.learn(message.get('episodes') as Wire[]);
    else throw new Error(`the fake server does not know ${type}`);
  }

  private learn(episodes: readonly Wire[]): void {
    this.episodes.push(...episodes);
    for (const episode of episodes) this.waitingSteps += stepsOf(episode);
    if (this.waitingSteps < this.options.trainBatchSize) return;
    this.waitingSteps = 0;
    this.update++;
  }

  private write(socket: Socket, bytes: Buffer): void {
    const { pieceBytes = bytes.length } = this.options;
    for (let at = 0; at < bytes.length; at += pieceBytes) socket.write(bytes.subarray(at, at + pieceBytes));
  }
}

export function stepsOf(episode: Wire): number {
  return (episode.get('t') as number) - (episode.get('t_started') as number);
}
