import { setTimeout as sleep } from 'node:timers/promises';
import { RllinkError } from './errors.ts';

const FIRST_MS = 250;
const MOST_MS = 5_000;
/** A reason that stays is told again after so long. */
const REMIND_MS = 60_000;

/** What to do about a connection that failed: wait, longer each time, until there is one again. */
export class Reconnection {
  private readonly giveUpMs: number;
  private readonly onNotice: ((text: string) => void) | undefined;
  private hasBeen = false;
  private pauseMs = FIRST_MS;
  private since: number | undefined;
  private toldAt = 0;
  private told = '';

  constructor(giveUpMs: number = Number.POSITIVE_INFINITY, onNotice?: (text: string) => void) {
    this.giveUpMs = giveUpMs;
    this.onNotice = onNotice;
  }

  /** There is a server, and it has given its weights. */
  connected(weightsSeqNo: number): void {
    this.onNotice?.(`${this.hasBeen ? 'connected again' : 'connected'}: weights ${weightsSeqNo}`);
    this.hasBeen = true;
    this.since = undefined;
    this.told = '';
  }

  /** It has learned from what it was sent: the next time, waiting begins anew. A server that dies of what it is sent is not hurried. */
  worked(): void {
    this.pauseMs = FIRST_MS;
  }

  /**
   * Waits before the next try. Throws `error` where trying again is of no use, RllinkError `RLLINK_GAVE_UP` where there has been no
   * connection for too long. Returns at once where `signal` is aborted.
   */
  async wait(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    if (!this.isPassing(error)) throw error;
    const now = performance.now();
    this.since ??= now;
    if (now - this.since >= this.giveUpMs) {
      const seconds = Math.round(this.giveUpMs / 1_000);
      throw new RllinkError('RLLINK_GAVE_UP', `no connection for ${seconds} s, giving up: ${error.message}`);
    }
    if (error.message !== this.told || now - this.toldAt > REMIND_MS) {
      this.onNotice?.(`${error.message}; trying again`);
      this.told = error.message;
      this.toldAt = now;
    }
    const left = this.since + this.giveUpMs - now;
    await sleep(Math.min(this.pauseMs, left), undefined, signal === undefined ? {} : { signal }).catch(() => {});
    this.pauseMs = Math.min(MOST_MS, 2 * this.pauseMs);
  }

  /** Whoever has been an RLlink server once is believed to be one again; bytes that are none come from something else. */
  private isPassing(error: unknown): error is RllinkError {
    if (!(error instanceof RllinkError)) return false;
    return error.code === 'RLLINK_LOST' || (error.code === 'RLLINK_PROTOCOL' && this.hasBeen);
  }
}
