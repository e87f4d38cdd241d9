import { parentPort, workerData } from 'node:worker_threads';
import type { OutputsConfig } from '@ergodic/core';
import { Delivery, type DeliveryState } from './delivery.ts';
import { FileSink } from './file-sink.ts';
import { InfluxSink } from './influx-sink.ts';
import type { OutputName } from './segment.ts';
import type { Sink } from './sink.ts';
import type { SpooledSegment } from './spool.ts';

/** What the sink thread starts with. */
export interface SinkThreadData {
  readonly config: OutputsConfig;
  readonly outputs: readonly {
    readonly output: OutputName;
    readonly dir: string;
    readonly waiting: readonly SpooledSegment[];
    /** Of the output `file`. */
    readonly path?: string;
    readonly written?: number;
  }[];
}

export type SinkThreadRequest =
  | { readonly kind: 'add'; readonly output: OutputName; readonly segments: readonly SpooledSegment[] }
  | { readonly kind: 'stop' };

/** All outputs, a few times a second where something changed; `isLast` when the thread has stopped. */
export interface SinkThreadReport {
  readonly states: readonly DeliveryState[];
  readonly isLast: boolean;
}

const REPORT_MS = 100;

const port = parentPort!;
const { config, outputs } = workerData as SinkThreadData;
const deliveries = new Map<OutputName, Delivery>();
let reported = '';

for (const { output, dir, waiting, path, written } of outputs) {
  const sink: Sink = output === 'influx' ? new InfluxSink(config.influx!) : new FileSink(path!, written);
  const delivery = new Delivery(output, dir, sink);
  delivery.add(waiting);
  deliveries.set(output, delivery);
}

const timer = setInterval(() => report(), REPORT_MS);
report();

port.on('message', (request: SinkThreadRequest) => {
  if (request.kind === 'add') deliveries.get(request.output)!.add(request.segments);
  else void stop();
});

async function stop(): Promise<void> {
  clearInterval(timer);
  await Promise.all([...deliveries.values()].map((delivery) => delivery.stop()));
  report(true);
  port.close();
}

function report(isLast = false): void {
  const states = [...deliveries.values()].map(({ state }) => state);
  const text = JSON.stringify(states);
  if (text === reported && !isLast) return;
  reported = text;
  port.postMessage({ states, isLast } satisfies SinkThreadReport);
}
