import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError, type Issue, preview } from '@ergodic/core';
import { describeSimulation, type ProbeAnswer } from './probe.ts';
import { createSimulation } from './simulation.ts';
import type { RunSpec } from './task.ts';

async function probe(): Promise<ProbeAnswer> {
  try {
    return { kind: 'ok', layout: describeSimulation(await createSimulation(workerData as RunSpec)) };
  } catch (error) {
    if (error instanceof ConfigError) return { kind: 'config', issues: error.issues.map(cloneable) };
    return { kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** What a file exported may hold functions, which no message can carry. */
function cloneable(issue: Issue): Issue {
  const { received } = issue;
  const isPlain = typeof received !== 'function' && typeof received !== 'symbol' && typeof received !== 'object';
  return isPlain ? issue : { ...issue, received: preview(received) };
}

parentPort!.postMessage(await probe());
