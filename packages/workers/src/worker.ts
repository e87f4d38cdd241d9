import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { MessageChannel, parentPort, threadId, workerData } from 'node:worker_threads';
import { END_REASONS, EpisodeError, type Simulation } from '@ergodic/core';
import { expose } from 'comlink';
import { Piscina } from 'piscina';
import { nodeEndpoint, type WorkerControl } from './control.ts';
import { messageOf } from './errors.ts';
import { writeBatchPoints } from './outputs/batch-points.ts';
import { describeSimulation } from './probe.ts';
import { SharedProgress } from './progress.ts';
import { BatchRecorder } from './recorder.ts';
import { createSimulation } from './simulation.ts';
import type { BatchResult, BatchTask, EpisodeFailure, RunSpec, TaskError } from './task.ts';

/** The thread lets messages in this often, ms; also within an episode. */
const TURN_MS = 50;
/** A slice of work takes about this long, ms: the grain of heartbeats and of cancelation. */
const SLICE_MS = 10;
/** Rows of a slice at most: a strategy that grows slow within a slice shall not look stalled. */
const LONGEST_SLICE = 8_192;
/** How long a lingering task waits for late errors, ms. */
const LINGER_MS = 50;
const MIB = 1_048_576;
const FAILED = END_REASONS.indexOf('failed');

const spec = (workerData as { spec: RunSpec }).spec;
const progress = new SharedProgress(0, spec.progress);
const state = { slot: 0, episode: -1, isPaused: false, episodes: 0, steps: 0, events: 0 };
let simulation: Promise<Simulation> | undefined;
let recorder: BatchRecorder | undefined;
let sliceRows = 64;
let turnedAt = performance.now();

exposeControl();

/** Runs a batch; the entry that piscina calls. It never throws: whatever rejects the task has ended the worker. */
export default async function runBatch(task: BatchTask): Promise<BatchResult | TaskError> {
  state.slot = task.slot;
  progress.start(task.slot);
  try {
    simulation ??= createSimulation(spec);
    const result = await runEpisodes(await simulation, task);
    // An error that a handler left for later (a rejected promise, a timer) shall end this task and not the next.
    await nextTurn();
    await (task.linger ? delay(LINGER_MS) : nextTurn());
    return transferring(result);
  } catch (error) {
    const isFull = (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC';
    if (isFull) return { error: messageOf(error), isFull };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error), isFull };
  } finally {
    state.episode = -1;
    progress.enter(task.slot, -1);
  }
}

async function runEpisodes(sim: Simulation, task: BatchTask): Promise<BatchResult> {
  const count = task.to - task.from;
  const width = sim.fields.length;
  const records = new Float64Array(count * width);
  const endReasons = new Uint8Array(count);
  const failures: EpisodeFailure[] = [];
  recorder ??= new BatchRecorder(sim, spec.fanSteps, spec.points !== undefined);
  recorder.clear();
  const before = { steps: state.steps, events: state.events };
  let canceled = false;
  for (let i = 0; i < count && !canceled; i++) {
    const episode = task.from + i;
    records.fill(Number.NaN, i * width, (i + 1) * width);
    endReasons[i] = FAILED;
    if (task.skip.some((skipped) => skipped.episode === episode)) {
      sim.recordDraws(episode, records, i * width);
      continue;
    }
    state.episode = episode;
    progress.enter(task.slot, episode);
    recorder.begin(episode, episode < task.recordBelow);
    try {
      sim.begin(episode, { recorder });
      canceled = !(await advanceToEnd(sim));
      if (canceled) break;
      recorder.end(sim.stepColumns);
      sim.record(records, i * width);
      endReasons[i] = END_REASONS.indexOf(sim.loop.endReason!);
      state.steps += records[i * width]!;
    } catch (error) {
      if (!(error instanceof EpisodeError)) throw error;
      failures.push({ episode, code: error.code, message: error.message.slice(0, 500) });
      sim.recordDraws(episode, records, i * width);
    }
    state.episodes++;
    state.events += sim.loop.events;
    await turnIfDue();
    canceled = i + 1 < count && progress.isCanceled;
  }
  const { from, to } = task;
  const figures = { from, to, endReasons, records, failures };
  const streams = { equity: recorder.equity.take(), rewards: recorder.rewards.take(), fills: recorder.fills.take() };
  const { rejects } = recorder;
  const source = { ...figures, ...streams, rejects, skipped: task.skip, recordBelow: task.recordBelow };
  const isWritten = spec.points !== undefined && !canceled;
  return {
    batch: task.batch,
    canceled,
    ...figures,
    ...streams,
    fan: recorder.fan.take(),
    segments: isWritten ? writeBatchPoints(spec.points, describeSimulation(sim), source, task.scope) : [],
    steps: state.steps - before.steps,
    events: state.events - before.events,
  };
}

/** Runs the begun episode in slices; false when the run was canceled meanwhile. */
async function advanceToEnd(sim: Simulation): Promise<boolean> {
  for (;;) {
    const startedAt = performance.now();
    const status = sim.advance(sliceRows);
    if (status === 'ended') return true;
    const now = performance.now();
    progress.beat(state.slot);
    if (now - startedAt < SLICE_MS) sliceRows = Math.min(sliceRows * 2, LONGEST_SLICE);
    else if (now - startedAt > 2 * SLICE_MS && sliceRows > 1) sliceRows >>= 1;
    if (progress.isCanceled) return false;
    await turnIfDue(now);
  }
}

/** Lets messages in every TURN_MS; stays while the run is paused. */
async function turnIfDue(now: number = performance.now()): Promise<void> {
  if (now - turnedAt < TURN_MS && !state.isPaused) return;
  const heap = getHeapStatistics();
  progress.report(state.slot, Math.round((heap.used_heap_size + heap.external_memory) / MIB));
  await nextTurn();
  while (state.isPaused && !progress.isCanceled) {
    await delay(20);
    progress.beat(state.slot);
  }
  turnedAt = performance.now();
}

/** A result whose buffers move to the coordinator instead of being copied. */
function transferring(result: BatchResult): BatchResult {
  const arrays = [
    result.endReasons,
    result.records,
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
        ...state,
        heapUsedMb: heap.used_heap_size / MIB,
        externalMb: heap.external_memory / MIB,
      };
    },
    pause: () => {
      state.isPaused = true;
    },
    resume: () => {
      state.isPaused = false;
    },
  };
  expose(control, nodeEndpoint(port1));
  port1.unref();
  parentPort.postMessage({ ergodicControl: port2, threadId }, [port2]);
}
