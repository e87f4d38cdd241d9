import { parentPort, Worker, workerData } from 'node:worker_threads';
import { Control } from './control.ts';
import type { Death, SupervisorData } from './shard.ts';

/**
 * Starts the threads of a ThreadedVectorEnvironment and sees when one ends: the thread that waits for them sleeps, and would
 * not hear of it.
 */
function supervise({ shards, deaths }: SupervisorData): void {
  let waiting = shards.length;
  for (const data of shards) {
    const { thread, control: words, port } = data;
    const control = new Control(words);
    let isBuried = false;
    const bury = (reason: string): void => {
      if (isBuried) return;
      isBuried = true;
      const death: Death = { thread, reason };
      deaths.postMessage(death);
      control.bury(thread);
      parentPort!.postMessage(death);
    };
    const worker = new Worker(new URL('./shard-thread.js', import.meta.url), {
      workerData: data,
      transferList: [port],
      resourceLimits: { maxOldGenerationSizeMb: data.source.config.limits.heapMb },
    });
    worker.once('message', () => {
      if (--waiting === 0) parentPort!.postMessage('ready');
    });
    worker.once('error', (error) => bury(error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => bury(`it ended with exit code ${code}`));
  }
}

supervise(workerData as SupervisorData);
// Stays until it is terminated.
parentPort!.on('message', () => {});
