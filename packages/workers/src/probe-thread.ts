import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError, type Issue, preview } from '@ergodic/core';
import { RunError } from './errors.ts';
import { type ProbeAnswer, probe } from './probe.ts';
import type { RunSpec } from './task.ts';

async function answer(): Promise<ProbeAnswer> {
  try {
    return { kind: 'ok', probed: await probe(workerData as RunSpec) };
  } catch (error) {
    if (error instanceof ConfigError) return { kind: 'config', issues: error.issues.map(cloneable) };
    if (error instanceof RunError) return { kind: 'error', code: error.code, message: error.message };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'error', code: 'WORKER_BUG', message };
  }
}

/** What a file exported may hold functions, which no message can carry. */
function cloneable(issue: Issue): Issue {
  const { received } = issue;
  const isPlain = typeof received !== 'function' && typeof received !== 'symbol' && typeof received !== 'object';
  return isPlain ? issue : { ...issue, received: preview(received) };
}

parentPort!.postMessage(await answer());
