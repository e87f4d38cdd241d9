import type { SinkFailure } from './sink.ts';

const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;

/** All deliveries of a sink pass it; after a failure it stays closed for a while, longer each time. */
export class Gate {
  failures = 0;
  private opensAt = 0;
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isEnded = false;

  /** Resolves when a delivery may be tried; false when there will be none. */
  async pass(): Promise<boolean> {
    while (!this.isEnded) {
      const restMs = this.opensAt - performance.now();
      if (restMs <= 0) return true;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        this.timer ??= setTimeout(() => this.wake(), restMs);
      });
    }
    return false;
  }

  /** The pause doubles from failure to failure, by a tenth more or less so that runs do not keep in step. */
  close({ afterMs }: Pick<SinkFailure, 'afterMs'>): void {
    const now = performance.now();
    // Deliveries that were under way together fail together: that is one failure.
    if (now < this.opensAt && afterMs === undefined) return;
    const spread = 0.9 + (now % 1) * 0.2;
    const ownMs = Math.min(SHORTEST_MS * 2 ** this.failures, LONGEST_MS) * spread;
    this.failures++;
    // A server that asks for no pause gets a short one all the same.
    this.opensAt = Math.max(this.opensAt, now + (afterMs === undefined ? ownMs : Math.max(afterMs, SHORTEST_MS)));
  }

  succeed(): void {
    this.failures = 0;
  }

  end(): void {
    this.isEnded = true;
    this.wake();
  }

  private wake(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
