import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { MessageChannel, parentPort, threadId, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import { Piscina } from 'piscina';
import { nodeEndpoint, type WorkerControl } from './control.ts';
import { messageOf, RunError } from './errors.ts';
import { OneByOne } from './one-by-one.ts';
import { writeBatchPoints } from './outputs/batch-points.ts';
import { Pace } from './pace.ts';
import { Lockstep } from './policies/lockstep.ts';
import { describeSimulation } from './probe.ts';
import { SharedProgress } from './progress.ts';
import { BatchFigures, type EpisodeRunner, type Learned } from './runner.ts';
import { createSimulation } from './simulation.ts';
import type { BatchResult, BatchTask, RunSpec, TaskError } from './task.ts';
import { TrainingRunner } from './training/training-runner.ts';

/** How long a lingering task waits for late errors, ms. */
const LINGER_MS = 50;
const MIB = 1_048_576;

const spec = (workerData as { spec: RunSpec }).spec;
const pace = new Pace(new SharedProgress(0, spec.progress));
let runner: Promise<EpisodeRunner | null> | undefined;
/** The trial that the runner is made for. */
let runnerTrial: number | undefined;

exposeControl();

/** Runs a batch; the entry that piscina calls. It never throws: whatever rejects the task has ended the worker. */
export default async function runBatch(task: BatchTask): Promise<BatchResult | TaskError> {
  pace.start(task.slot);
  try {
    const result = await runEpisodes(await runnerFor(task), task);
    // An error that a handler left for later (a rejected promise, a timer) shall end this task and not the next.
    await nextTurn();
    await (task.linger ? delay(LINGER_MS) : nextTurn());
    return transferring(result);
  } catch (error) {
    const isFull = (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC';
    if (isFull) return { error: messageOf(error), isFull };
    if (error instanceof RunError) return { error: error.message, code: error.code, isFull };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error), isFull };
  } finally {
    pace.enter(-1);
  }
}

/** The runner of the task's trial: a sweep hands out the batches of a trial one after the other. */
function runnerFor({ trial }: BatchTask): Promise<EpisodeRunner | null> {
  if (runner === undefined || trial?.trial !== runnerTrial) {
    runnerTrial = trial?.trial;
    runner = createRunner(trial === undefined ? spec : { ...spec, ...trial });
  }
  return runner;
}

/** Null where the run is canceled already. */
async function createRunner(run: RunSpec): Promise<EpisodeRunner | null> {
  if (run.policy !== undefined) return Lockstep.open(run, pace);
  if (run.config.training !== undefined) return TrainingRunner.open(run, pace);
  return new OneByOne(await createSimulation(run), run, pace);
}

async function runEpisodes(episodes: EpisodeRunner | null, task: BatchTask): Promise<BatchResult> {
  const { batch, from, to, skip, recordBelow, scope } = task;
  const layout = episodes === null ? null : describeSimulation(episodes.simulation);
  const figures = new BatchFigures(task, layout?.fields.length ?? 0, pace);
  if (episodes === null || layout === null || !(await episodes.run(task, figures))) return canceledResult(task);
  const { endReasons, records, failures, steps, events } = figures;
  const { rejects, fan, ...streams } = episodes.take();
  const tables = { from, to, endReasons, records, failures, ...streams };
  const source = { ...tables, rejects, skipped: skip, recordBelow };
  const segments = spec.points === undefined ? [] : writeBatchPoints(spec.points, layout, source, scope);
  const learned = episodes.takeLearned?.() ?? nothingLearned();
  return { batch, canceled: false, ...tables, fan, segments, steps, events, ...learned };
}

function nothingLearned(): Learned {
  return { updates: new Float64Array(0), agentFigures: {} };
}

/** Nobody looks at what a canceled batch has come to. */
function canceledResult({ batch, from, to }: BatchTask): BatchResult {
  const nothing = { failures: [], equity: [], rewards: [], fills: [], fan: [], segments: [], steps: 0, events: 0 };
  const endReasons = new Uint8Array(to - from);
  return { batch, from, to, canceled: true, endReasons, records: new Float64Array(0), ...nothing, ...nothingLearned() };
}

/** A result whose buffers move to the coordinator instead of being copied. */
function transferring(result: BatchResult): BatchResult {
  const arrays = [
    result.endReasons,
    result.records,
    result.updates,
    ...result.equity,
    ...result.rewards,
    ...result.fills,
    ...result.fan,
  ];
  return Piscina.move({
    [Piscina.transferableSymbol]: arrays.map(({ buffer }) => buffer),
    [Piscina.valueSymbol]: result,
  } as never) as never;
}

function exposeControl(): void {
  if (parentPort === null) return;
  const { port1, port2 } = new MessageChannel();
  const control: WorkerControl = {
    status: () => {
      const heap = getHeapStatistics();
      return {
        threadId,
        ...pace.status,
        heapUsedMb: heap.used_heap_size / MIB,
        externalMb: heap.external_memory / MIB,
      };
    },
    pause: () => {
      pace.status.isPaused = true;
    },
    resume: () => {
      pace.status.isPaused = false;
    },
  };
  expose(control, nodeEndpoint(port1));
  port1.unref();
  parentPort.postMessage({ ergodicControl: port2, threadId }, [port2]);
}
