import type { WorkerStatus } from '../control.ts';
import type { Progress } from '../totals.ts';
import type { Outputs } from './outputs.ts';
import type { Telemetry } from './telemetry.ts';

const TICK_MS = 1_000;
/** Fan and distributions are sent with every so many ticks. */
const WHOLE_TICKS = 5;

/** What telemetry tells of. */
export interface Monitored {
  progress(): Progress;
  workers(): Promise<WorkerStatus[]>;
  readonly isPaused: boolean;
  readonly queueDepth: number;
  readonly waitingBytes: number;
}

/** Sends telemetry once a second while a run works. */
export class Monitor {
  private readonly outputs: Outputs;
  private readonly telemetry: Telemetry;
  private readonly run: Monitored;
  private readonly timer: NodeJS.Timeout;
  private ticks = 0;
  private isStopped = false;

  constructor(outputs: Outputs, telemetry: Telemetry, run: Monitored) {
    this.outputs = outputs;
    this.telemetry = telemetry;
    this.run = run;
    this.timer = setInterval(() => void this.tick(), TICK_MS);
    this.timer.unref();
  }

  /** Sends the state at the end, whole; again where that has changed. */
  stop(status: string): void {
    this.isStopped = true;
    clearInterval(this.timer);
    this.send(status, [], true);
  }

  private async tick(): Promise<void> {
    const workers = await this.run.workers();
    if (this.isStopped) return;
    this.send(this.run.isPaused ? 'paused' : 'running', workers, this.ticks++ % WHOLE_TICKS === 0);
  }

  private send(status: string, workers: readonly WorkerStatus[], isWhole: boolean): void {
    const { outputs, run } = this;
    const progress = run.progress();
    const state = { status, workers, progress, queueDepth: run.queueDepth, waitingBytes: run.waitingBytes };
    outputs.addTelemetry(this.telemetry.render(state, outputs.formats, isWhole));
  }
}
