import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

/** How far a segment is delivered. The last entry of a segment counts. */
export interface JournalEntry {
  readonly segment: string;
  /** Everything before this byte is acknowledged or refused. */
  readonly offset: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** The whole segment is delivered; its file may be gone. */
  readonly done: boolean;
  /** Bytes of the file that an output writes. */
  readonly written?: number;
}

/**
 * What was acknowledged, one JSON object a line, only ever added to. An entry that is lost with a crash costs a second
 * delivery of points that overwrite themselves; a torn last line is one that is lost.
 */
export class Journal {
  private readonly handle: number;
  private unwritten = '';

  constructor(path: string) {
    const isTorn = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, 'utf8'));
    this.handle = openSync(path, 'a');
    if (isTorn) this.unwritten = '\n';
  }

  /** Adds an entry. Without room on the disk it waits for the next one. */
  add(entry: JournalEntry): void {
    this.unwritten += `${JSON.stringify(entry)}\n`;
    const bytes = Buffer.from(this.unwritten);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.handle, bytes, written);
      this.unwritten = '';
    } catch (error) {
      this.unwritten = bytes.subarray(written).toString();
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  close(): void {
    closeSync(this.handle);
  }
}

/** The last entry of each segment, in the order in which these were written. */
export function readJournal(path: string): Map<string, JournalEntry> {
  const entries = new Map<string, JournalEntry>();
  if (!existsSync(path)) return entries;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const entry = parseEntry(line);
    if (entry === undefined) continue;
    entries.delete(entry.segment);
    entries.set(entry.segment, entry);
  }
  return entries;
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<JournalEntry> | null;
    return typeof entry?.segment === 'string' && typeof entry.offset === 'number' ? (entry as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}
