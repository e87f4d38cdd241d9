import { writeSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type SimulationParts, VectorEnvironment, type VectorResetOptions } from '@ergodic/core';
import { publish } from './board.ts';
import { COMMANDS, Control } from './control.ts';
import { endedRows, type ShardData, type ShardMessage } from './shard.ts';
import type { EnvironmentSource } from './source.ts';

const STDERR = 2;

/** The thread that owns the program's output sleeps between steps: what is printed here goes out directly. */
function printDirectly(): void {
  const write = (chunk: string | Uint8Array): boolean => {
    writeSync(STDERR, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return true;
  };
  process.stdout.write = write as never;
  process.stderr.write = write as never;
}

/** Most configs name no modules, and a thread starts sooner without what loads them. */
async function partsOf(source: EnvironmentSource): Promise<SimulationParts> {
  if (source.bundles.length === 0) return { candles: source.candles };
  const { loadParts } = await import('@ergodic/workers');
  return loadParts(source);
}

async function work(): Promise<void> {
  const { thread, source, autoreset, range, board, control: words, port } = workerData as ShardData;
  const { first, count, of } = range;
  const control = new Control(words);
  const parts = await partsOf(source);
  const shard = new VectorEnvironment(source.config, { count, autoreset, parts, lanes: { first, of } });
  const width = shard.actionSize;
  const actions = board.actions.subarray(first * width, (first + count) * width);
  parentPort!.postMessage('ready');
  for (let last = 0; ; ) {
    const { sequence, command } = control.next(last);
    if (command === COMMANDS.exit) return;
    const messages: ShardMessage[] = [];
    try {
      if (command === COMMANDS.step) shard.step(actions);
      else shard.reset(receiveMessageOnPort(port)!.message as VectorResetOptions);
      publish(shard, board, first);
      const rows = endedRows(shard, first);
      if (rows.length > 0) messages.push({ kind: 'ended', rows });
    } catch (error) {
      const { name = 'Error', code = '', message = String(error) } = error as Partial<Error> & { code?: string };
      messages.push({ kind: 'error', name, code, message });
    }
    for (const message of messages) port.postMessage(message);
    control.finish(thread, sequence, messages.length);
    last = sequence;
  }
}

printDirectly();
await work();
