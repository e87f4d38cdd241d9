import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { AutoresetMode, VectorResetOptions } from '@ergodic/core';
import type { Board } from './board.ts';
import type { Control } from './control.ts';
import { type Death, type ShardMessage, type ShardRange, type SupervisorData, shardReset } from './shard.ts';
import type { EnvironmentSource } from './source.ts';

/** A thread of environments has ended: they cannot go on. */
export class ThreadError extends Error {
  readonly code = 'THREAD_ENDED';
}

/** The other threads, and the ports to them. */
export class Crew {
  readonly ranges: readonly ShardRange[];
  private readonly supervisor: Worker | null;
  private readonly ports: readonly MessagePort[];
  private readonly deaths: MessagePort;
  private readonly reasons: Map<number, string> = new Map();

  static async start(
    ranges: readonly ShardRange[],
    shared: { source: EnvironmentSource; autoreset: AutoresetMode; board: Board; control: Control },
  ): Promise<Crew> {
    const { source, autoreset, board, control } = shared;
    const deaths = new MessageChannel();
    const channels = ranges.slice(1).map(() => new MessageChannel());
    const data: SupervisorData = {
      deaths: deaths.port2,
      shards: channels.map(({ port2 }, i) => {
        const place = { thread: i + 1, range: ranges[i + 1]!, port: port2 };
        return { ...place, source, autoreset, board, control: control.words };
      }),
    };
    const ports = channels.map(({ port1 }) => port1);
    if (channels.length === 0) return new Crew(ranges, null, ports, deaths.port1);
    const supervisor = new Worker(new URL('./supervisor-thread.js', import.meta.url), {
      workerData: data,
      transferList: [deaths.port2, ...channels.map(({ port2 }) => port2)],
    });
    try {
      await readyOf(supervisor);
    } catch (error) {
      await supervisor.terminate();
      throw error;
    }
    supervisor.unref();
    return new Crew(ranges, supervisor, ports, deaths.port1);
  }

  private constructor(
    ranges: readonly ShardRange[],
    supervisor: Worker | null,
    ports: readonly MessagePort[],
    deaths: MessagePort,
  ) {
    this.ranges = ranges;
    this.supervisor = supervisor;
    this.ports = ports;
    this.deaths = deaths;
  }

  /** Hands each thread its part of a reset, for the command that follows. */
  send(options: VectorResetOptions): void {
    for (const [i, port] of this.ports.entries()) port.postMessage(shardReset(options, this.ranges[i + 1]!));
  }

  receive(thread: number): ShardMessage {
    return receiveMessageOnPort(this.ports[thread - 1]!)!.message as ShardMessage;
  }

  faultOf(thread: number): ThreadError {
    for (let got = receiveMessageOnPort(this.deaths); got !== undefined; got = receiveMessageOnPort(this.deaths)) {
      const { thread: dead, reason } = got.message as Death;
      this.reasons.set(dead, reason);
    }
    const { first, count } = this.ranges[thread]!;
    const reason = this.reasons.get(thread) ?? 'for an unknown reason';
    return new ThreadError(`the thread of environments ${first} to ${first + count - 1} has ended: ${reason}`);
  }

  async end(): Promise<void> {
    for (const port of [...this.ports, this.deaths]) port.close();
    await this.supervisor?.terminate();
  }
}

function readyOf(supervisor: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    supervisor.once('message', (message: 'ready' | Death) => {
      if (message === 'ready') resolve();
      else reject(new ThreadError(`a thread could not start: ${message.reason}`));
    });
    supervisor.once('error', reject);
    supervisor.once('exit', () => reject(new ThreadError('the threads could not start')));
  });
}
