import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { PartInfo } from '../store/parts.ts';
import { type JournalEntry, readJournal } from './journal.ts';
import type { OutputName, SegmentInfo } from './segment.ts';

export const JOURNAL = 'journal.ndjson';
/** Lines that the server refused, with its reason. */
export const REFUSED = 'refused.ndjson';
const TELEMETRY = /^telemetry-/;
const RESENT = /^resent-/;
/** Behind the name of a file of refused lines that is not yet a segment. */
export const UNFINISHED = '.tmp';

/** A segment with how far it is delivered. */
export interface SpooledSegment {
  readonly name: string;
  readonly bytes: number;
  /** Lines from `offset` on. */
  readonly lines: number;
  readonly isTelemetry: boolean;
  readonly offset: number;
  readonly acknowledged: number;
  readonly refused: number;
}

/** What an output's spool holds. Points are those of results; telemetry is not counted. */
export interface SpoolContent {
  readonly produced: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Segments that are not delivered. */
  readonly waiting: readonly SpooledSegment[];
  /** Batches whose segment is damaged: written anew when they run again. */
  readonly damaged: readonly (SegmentInfo & Pick<JournalEntry, 'offset' | 'acknowledged' | 'refused'>)[];
  /** Bytes that the output's file had at the last entry of the journal. */
  readonly written: number | undefined;
}

export function spoolDir(runDir: string, output: OutputName): string {
  return join(runDir, 'spool', output);
}

/** Names of segments that others replaced because they were damaged. */
function replacedSegments(parts: readonly PartInfo[]): Set<string> {
  return new Set(parts.flatMap(({ replaced }) => replaced ?? []));
}

/**
 * Reads a spool against what the run has committed. With `clean`, files that no commit names are removed: their episodes
 * run again.
 */
export function readSpool(
  runDir: string,
  output: OutputName,
  parts: readonly PartInfo[],
  clean: boolean = false,
): SpoolContent {
  const dir = spoolDir(runDir, output);
  if (clean) {
    mkdirSync(dir, { recursive: true });
    finishResent(dir);
  }
  const journal = readJournal(join(dir, JOURNAL));
  const replaced = replacedSegments(parts);
  const committed = parts
    .flatMap(({ segments }) => segments ?? [])
    .filter((segment) => segment.output === output && !replaced.has(segment.name));
  const names = new Set(committed.map(({ name }) => name));
  const files = existsSync(dir) ? readdirSync(dir).filter((name) => /\.(lp|ndjson)$/.test(name)) : [];
  const extras = files.filter((name) => TELEMETRY.test(name) || RESENT.test(name));
  if (clean) removeUnknown(dir, files, new Set([...names, ...extras, JOURNAL, REFUSED]));

  let acknowledged = 0;
  let refused = 0;
  let written: number | undefined;
  for (const [name, entry] of journal) {
    written = entry.written ?? written;
    if (!names.has(name) && !RESENT.test(name)) continue;
    acknowledged += entry.acknowledged;
    refused += entry.refused;
  }
  const waiting: SpooledSegment[] = [];
  const damaged: SpoolContent['damaged'][number][] = [];
  for (const segment of committed) {
    const entry = journal.get(segment.name);
    const path = join(dir, segment.name);
    if (entry?.done === true) {
      if (clean) rmSync(path, { force: true });
      continue;
    }
    const size = existsSync(path) ? statSync(path).size : 0;
    const { offset = 0, acknowledged: known = 0, refused: bad = 0 } = entry ?? {};
    if (size < segment.bytes) damaged.push({ ...segment, offset, acknowledged: known, refused: bad });
    else waiting.push(spooled(segment.name, segment.bytes, segment.lines, false, entry));
  }
  for (const name of extras) {
    const entry = journal.get(name);
    if (entry?.done === true) {
      if (clean) rmSync(join(dir, name), { force: true });
      continue;
    }
    waiting.push(extraSegment(dir, name, clean, entry));
  }
  const produced = committed.reduce((sum, { lines }) => sum + lines, 0);
  return { produced, acknowledged, refused, waiting, damaged, written };
}

function spooled(
  name: string,
  bytes: number,
  lines: number,
  isTelemetry: boolean,
  entry: JournalEntry | undefined,
): SpooledSegment {
  const { offset = 0, acknowledged = 0, refused = 0 } = entry ?? {};
  // Those that were sent again after a refusal begin below zero.
  const settled = acknowledged + refused - (RESENT.test(name) ? -lines : 0);
  return { name, bytes, lines: lines - settled, isTelemetry, offset, acknowledged, refused };
}

/** Telemetry, and what is sent again: no commit names them, and a torn last line is cut off. */
function extraSegment(dir: string, name: string, clean: boolean, entry: JournalEntry | undefined): SpooledSegment {
  const path = join(dir, name);
  const text = readFileSync(path);
  const bytes = text.lastIndexOf(10) + 1;
  if (clean && bytes < text.length) truncateSync(path, bytes);
  const lines = text.subarray(0, bytes).reduce((count, byte) => (byte === 10 ? count + 1 : count), 0);
  return spooled(name, bytes, lines, TELEMETRY.test(name), entry);
}

/**
 * Refused lines become a segment in steps: a file, an entry of the journal, which counts them as refused no longer, and two new
 * names. Takes those that are missing after the entry.
 */
export function finishResent(dir: string): void {
  const files = readdirSync(dir).filter((name) => RESENT.test(name) && name.endsWith(UNFINISHED));
  const journal = files.length === 0 ? null : readJournal(join(dir, JOURNAL));
  for (const file of files) {
    const name = file.slice(0, -UNFINISHED.length);
    const kept = join(dir, `${name}.refused`);
    if (journal!.has(name)) {
      if (existsSync(join(dir, REFUSED)) && !existsSync(kept)) renameSync(join(dir, REFUSED), kept);
      renameSync(join(dir, file), join(dir, name));
    } else rmSync(join(dir, file));
  }
}

function removeUnknown(dir: string, files: readonly string[], known: ReadonlySet<string>): void {
  for (const name of files) if (!known.has(name)) rmSync(join(dir, name), { force: true });
}
