import { appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunError, tryLock } from '@ergodic/workers';
import type { LedgerEntry } from './entry.ts';

const NAME = 'ledger.ndjson';
const WAIT_MS = 20;
const GIVE_UP_MS = 10_000;
const NEWLINE = 10;

/** The trials that were made in a folder of runs. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  /** Lines that are none: a process was killed while it wrote. */
  readonly damaged: number;
}

/**
 * Appends lines to `ledger.ndjson` of a folder of runs, in one write, while no other process does. Throws RunError `LEDGER_LOCKED`.
 */
export async function appendToLedger(runsDir: string, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return;
  mkdirSync(runsDir, { recursive: true });
  const file = join(runsDir, NAME);
  const unlock = await lock(`${file}.lock`);
  try {
    // What a killed process left of a line must not swallow the next.
    const start = isTorn(file) ? '\n' : '';
    appendFileSync(file, start + entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  } finally {
    unlock();
  }
}

/** Reads the ledger of a folder of runs; an empty one where there is none. */
export function readLedger(runsDir: string): Ledger {
  const file = join(runsDir, NAME);
  if (!existsSync(file)) return { entries: [], damaged: 0 };
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const entries = lines.flatMap((line) => parseEntry(line) ?? []);
  return { entries, damaged: lines.length - entries.length };
}

function parseEntry(line: string): LedgerEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<LedgerEntry> | null;
    return entry?.schema === 1 && typeof entry.outcome === 'string' ? (entry as LedgerEntry) : undefined;
  } catch {
    return undefined;
  }
}

async function lock(path: string): Promise<() => void> {
  const until = performance.now() + GIVE_UP_MS;
  for (;;) {
    const unlock = tryLock(path);
    if (unlock !== null) return unlock;
    if (performance.now() > until) {
      const wayOut = 'remove the file if no process does';
      throw new RunError('LEDGER_LOCKED', `${path}: another process has been writing for 10 s; ${wayOut}`);
    }
    await delay(WAIT_MS);
  }
}

function isTorn(file: string): boolean {
  if (!existsSync(file)) return false;
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
  } finally {
    closeSync(handle);
  }
}
