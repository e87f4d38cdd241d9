import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError } from '@ergodic/core';
import { describeSimulation, type ProbeAnswer } from './probe.ts';
import { createSimulation } from './simulation.ts';
import type { RunSpec } from './task.ts';

async function probe(): Promise<ProbeAnswer> {
  try {
    return { kind: 'ok', layout: describeSimulation(await createSimulation(workerData as RunSpec)) };
  } catch (error) {
    if (error instanceof ConfigError) return { kind: 'config', issues: error.issues };
    return { kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort!.postMessage(await probe());
