import { parentPort, workerData } from 'node:worker_threads';
import { answerEach } from './probe.ts';
import type { SimulationSpec } from './simulation.ts';

parentPort!.postMessage(await answerEach(workerData as SimulationSpec[]));
