import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ENGINE_FLAG } from '@ergodic/workers';
import { median } from '../comparison.ts';
import type { Slice, SliceReport } from './engine.ts';
import { GateError } from './error.ts';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));
/** Processor time in which a process compiles what it will run. */
const WARM_MS = 800;
/** Processor time of a slice: short, so that neighbours share the same weather; long against the clock's microsecond. */
const SLICE_MS = 20;
const BLOCKS = 12;

/** The engine that is measured, and the one that it is measured against: paths of their `index.js`. */
export interface Builds {
  readonly base: string;
  readonly head: string;
}

export interface PairResult {
  /** Logarithm of time of head ÷ time of base. */
  readonly logRatio: number;
  /** Whether both took the same steps and filled the same orders. */
  readonly isSameWork: boolean;
}

/** Measures pairs of these builds. */
export function pairsOf(builds: Builds): (workload: string, pair: number) => Promise<PairResult> {
  return (workload, pair) => measurePair(builds, workload, pair);
}

/**
 * One process per build, alive at the same time, which run the same short slices of episodes in turns. A block is four slices,
 * head, base, base, head and then the other way round, so that a drift cancels; the pair's result is the median over its blocks.
 * What one process is by chance, its code and its memory, stays the same for all of its blocks: only more pairs average that out.
 */
async function measurePair(builds: Builds, workload: string, number: number): Promise<PairResult> {
  const order = number % 2 === 0 ? [builds.head, builds.base] : [builds.base, builds.head];
  const workers: EngineProcess[] = [];
  try {
    for (const core of order) workers.push(await EngineProcess.start(core, workload));
    const [head, base] = (number % 2 === 0 ? workers : workers.toReversed()) as [EngineProcess, EngineProcess];
    const episodes = new Episodes();
    const count = await warm(base, head, episodes);
    const logRatios: number[] = [];
    let isSameWork = true;
    for (let block = 0; block < BLOCKS; block++) {
      const slices = [episodes.take(count), episodes.take(count)] as const;
      const [outer, inner] = block % 2 === 0 ? [head, base] : [base, head];
      const first = await outer.run(slices[0]);
      const between = [await inner.run(slices[0]), await inner.run(slices[1])] as const;
      const last = await outer.run(slices[1]);
      const logRatio = Math.log((first.cpuMs + last.cpuMs) / (between[0].cpuMs + between[1].cpuMs));
      logRatios.push(outer === head ? logRatio : -logRatio);
      isSameWork &&= isSame(first, between[0]) && isSame(last, between[1]);
    }
    return { logRatio: median(logRatios.sort((a, b) => a - b)), isSameWork };
  } finally {
    for (const worker of workers) worker.stop();
  }
}

/** Runs both until they are warm; how many episodes make a slice. */
async function warm(base: EngineProcess, head: EngineProcess, episodes: Episodes): Promise<number> {
  let count = 1;
  for (let [ofBase, ofHead] = [0, 0]; Math.min(ofBase, ofHead) < WARM_MS; ) {
    const slice = episodes.take(count);
    const { cpuMs } = await base.run(slice);
    ofBase += cpuMs;
    ofHead += (await head.run(slice)).cpuMs;
    count = Math.max(1, Math.min(2 * count, Math.round((SLICE_MS * count) / cpuMs)));
  }
  return count;
}

function isSame(a: SliceReport, b: SliceReport): boolean {
  return a.steps === b.steps && a.fills === b.fills;
}

/** Hands out the numbers of episodes. */
class Episodes {
  private next = 0;

  take(count: number): Slice {
    const from = this.next;
    this.next += count;
    return { from, count };
  }
}

/** A worker.js with its engine, waiting between slices. */
class EngineProcess {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  static async start(core: string, workload: string): Promise<EngineProcess> {
    const child = fork(WORKER, [core, workload], { execArgv: [ENGINE_FLAG] });
    const started = new EngineProcess(child);
    const answer = await started.answer();
    if (answer === 'ready') return started;
    started.stop();
    const rule = 'a workload must run on both builds, with what the base knows';
    throw new GateError(`${workload} does not run on ${core}: ${answer}; ${rule}`);
  }

  run(slice: Slice): Promise<SliceReport> {
    this.child.send(slice);
    return this.answer() as Promise<SliceReport>;
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }

  /** What it says next. */
  private answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (use: () => void): void => {
        this.child.off('message', onMessage).off('exit', onExit);
        use();
      };
      const onMessage = (message: unknown): void => settle(() => resolve(message));
      const onExit = (code: number | null): void =>
        settle(() => reject(new Error(`a measuring process ended with ${code}`)));
      this.child.on('message', onMessage).on('exit', onExit);
    });
  }
}
