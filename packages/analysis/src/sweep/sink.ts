import { columnOf, type Database, type TrialRecords, TrialStore } from '@ergodic/workers';
import { appendToLedger, entryOf, historyOf, returnsOf } from '../ledger/index.ts';
import type { SweepManifest } from './manifest.ts';
import { noteOf, type TrialNote } from './notes.ts';

const COMMIT_MS = 500;
/** Results that wait for the disk, bytes; above it no new trial starts. */
const WAITING_BYTES = 64 * 1_048_576;
const DOUBLE_BYTES = 8;

/** Columns of the equity table. */
const STEP = 1;
const EQUITY = 3;

/** Stores trials as they come in, several at a time, and keeps what the selection needs of them. */
export class TrialSink {
  readonly notes = new Map<number, TrialNote>();
  readonly metric = new Map<number, Float64Array>();
  private readonly dir: string;
  private readonly manifest: SweepManifest;
  private readonly ledgerDir: string;
  private readonly database: Database;
  private readonly store: TrialStore<TrialNote>;
  private waiting: { readonly records: TrialRecords; readonly config: SweepManifest['config'] }[] = [];
  private waitingBytes = 0;
  private committedAt = performance.now();
  private committing: Promise<void> = Promise.resolve();
  private hasFailed = false;

  constructor(dir: string, manifest: SweepManifest, database: Database, ledgerDir: string) {
    this.dir = dir;
    this.manifest = manifest;
    this.database = database;
    this.ledgerDir = ledgerDir;
    this.store = new TrialStore(dir, manifest.layout);
  }

  /** Takes a trial over; resolves when there is room for the next. */
  async take(records: TrialRecords, config: SweepManifest['config']): Promise<void> {
    this.notes.set(records.trial, noteOf(records));
    this.metric.set(records.trial, columnOf(records, this.manifest.metric));
    this.waiting.push({ records, config });
    this.waitingBytes += DOUBLE_BYTES * records.records.length;
    if (performance.now() - this.committedAt > COMMIT_MS) {
      void this.flush().catch(() => {
        this.hasFailed = true;
      });
    }
    if (this.hasFailed || this.waitingBytes > WAITING_BYTES) await this.flush();
  }

  /** Stores what waits, after what is being stored. Rejects, now and later, where something could not be. */
  flush(): Promise<void> {
    this.committing = this.committing.then(() => this.commit());
    return this.committing;
  }

  private async commit(): Promise<void> {
    const taken = this.waiting.sort((a, b) => a.records.trial - b.records.trial);
    if (taken.length === 0) return;
    this.waiting = [];
    this.waitingBytes = 0;
    this.committedAt = performance.now();
    const records = taken.map((one) => one.records);
    await this.store.commit(
      this.database,
      records,
      records.map(({ trial }) => this.notes.get(trial)!),
    );
    if (this.manifest.isOneHistory) await this.noteInLedger(taken);
    this.committedAt = performance.now();
  }

  /** A trial on one history is one more try at it, whatever becomes of the sweep. */
  private async noteInLedger(taken: typeof this.waiting): Promise<void> {
    const history = historyOf(this.manifest);
    const time = new Date().toISOString();
    const entries = taken.flatMap(({ records, config }) => {
      const { trial, digest, equity } = records;
      if (equity.length === 0) return [];
      const returns = returnsOf(equity[STEP]!, equity[EQUITY]!);
      return [entryOf({ config, history, returns, run: this.dir, trial, digest }, time)];
    });
    await appendToLedger(this.ledgerDir, entries);
  }
}
