import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { Bisection, type RefusedLine, ServerDoubted } from './bisection.ts';
import { Gate } from './gate.ts';
import { Journal } from './journal.ts';
import type { OutputName } from './segment.ts';
import { type Sink, SinkFailure } from './sink.ts';
import { JOURNAL, REFUSED, type SpooledSegment } from './spool.ts';

/** A delivery holds about so much; a sink has a few under way. */
const CHUNK_BYTES = 1_048_576;
const SMALLEST_CHUNK = 32_768;
/** How often everything may fail before single lines are held to be at fault. */
const DOUBTS = 5;
const NEWLINE = 10;

export type DeliveryStatus = 'idle' | 'delivering' | 'retrying' | 'blocked' | 'closed';

/** Where the delivery of one output stands. */
export interface DeliveryState {
  readonly output: OutputName;
  readonly status: DeliveryStatus;
  /** Why it is `retrying` or `blocked`. */
  readonly reason: string;
  /** Results only; telemetry is not counted. */
  readonly acknowledged: number;
  readonly refused: number;
  /** Points and bytes of every kind that wait. */
  readonly waitingLines: number;
  readonly waitingBytes: number;
  readonly waitingTelemetry: number;
  /** Bytes that it was ever given. */
  readonly receivedBytes: number;
  readonly requests: number;
  readonly retries: number;
  /** Last HTTP status; 0 without an answer. */
  readonly httpStatus: number;
}

/** A part of a segment that travels within a chunk. */
interface Piece {
  readonly segment: Tracked;
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  refused: number;
  isDone: boolean;
}

/** A segment under delivery. */
interface Tracked {
  readonly info: SpooledSegment;
  /** Next byte to be read. */
  next: number;
  offset: number;
  acknowledged: number;
  refused: number;
  /** In the order of the file; what is done at its front moves the offset. */
  readonly pieces: Piece[];
}

interface Chunk {
  readonly body: Buffer;
  readonly pieces: readonly Piece[];
}

/** Sends the segments of one output, as they come, until it is stopped. Owns the journal, and the segments' files. */
export class Delivery {
  private readonly output: OutputName;
  private readonly dir: string;
  private readonly sink: Sink;
  private readonly journal: Journal;
  private readonly gate: Gate = new Gate();
  private readonly telemetry: Tracked[] = [];
  private readonly points: Tracked[] = [];
  private readonly unfinished = new Set<Tracked>();
  private readonly idle: (() => void)[] = [];
  private readonly lanes: Promise<void>[];
  private isStopped = false;
  private receivedBytes = 0;
  private chunkBytes = CHUNK_BYTES;
  /** What the server has not yet called too large. */
  private largest = CHUNK_BYTES;
  private trouble: SinkFailure | null = null;
  private readonly counts = { acknowledged: 0, refused: 0, requests: 0, retries: 0, httpStatus: 0 };

  constructor(output: OutputName, dir: string, sink: Sink) {
    this.output = output;
    this.dir = dir;
    this.sink = sink;
    this.journal = new Journal(join(dir, JOURNAL));
    this.lanes = Array.from({ length: sink.lanes }, () => this.lane());
  }

  add(segments: readonly SpooledSegment[]): void {
    for (const info of segments) {
      const { offset, acknowledged, refused } = info;
      const tracked: Tracked = { info, next: offset, offset, acknowledged, refused, pieces: [] };
      (info.isTelemetry ? this.telemetry : this.points).push(tracked);
      this.unfinished.add(tracked);
      this.receivedBytes += info.bytes - offset;
    }
    for (const wake of this.idle.splice(0)) wake();
  }

  get state(): DeliveryState {
    const { counts, trouble } = this;
    let waitingLines = 0;
    let waitingBytes = 0;
    let waitingTelemetry = 0;
    for (const { info, offset, acknowledged, refused } of this.unfinished) {
      const lines = info.lines - (acknowledged - info.acknowledged) - (refused - info.refused);
      waitingLines += info.isTelemetry ? 0 : lines;
      waitingBytes += info.bytes - offset;
      if (info.isTelemetry) waitingTelemetry++;
    }
    return {
      output: this.output,
      status: this.status,
      reason: trouble?.message ?? '',
      ...counts,
      waitingLines,
      waitingBytes,
      waitingTelemetry,
      receivedBytes: this.receivedBytes,
    };
  }

  /** Ends deliveries; those under way may have arrived, and are sent again by the next process. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.gate.end();
    this.sink.close();
    for (const wake of this.idle.splice(0)) wake();
    await Promise.all(this.lanes);
    this.journal.close();
  }

  private get status(): DeliveryStatus {
    if (this.isStopped) return 'closed';
    if (this.trouble !== null) return this.trouble.kind === 'blocked' ? 'blocked' : 'retrying';
    return this.unfinished.size > 0 ? 'delivering' : 'idle';
  }

  private async lane(): Promise<void> {
    while (!this.isStopped) {
      const chunk = this.take();
      if (chunk === null) await new Promise<void>((resolve) => this.idle.push(resolve));
      else await this.deliver(chunk);
    }
  }

  /** Reads the next lines, of as many segments as it takes to fill a chunk. */
  private take(): Chunk | null {
    const bodies: Buffer[] = [];
    const pieces: Piece[] = [];
    let room = this.chunkBytes;
    for (const queue of [this.telemetry, this.points]) {
      while (queue.length > 0 && room > 0) {
        const segment = queue[0]!;
        const body = this.read(segment, room, pieces.length === 0);
        if (body === null) {
          queue.shift();
          continue;
        }
        if (body.length > 0) {
          const to = segment.next + body.length;
          const piece = { segment, from: segment.next, to, lines: countLines(body), refused: 0, isDone: false };
          segment.next = to;
          segment.pieces.push(piece);
          pieces.push(piece);
          bodies.push(body);
          room -= body.length;
        }
        if (segment.next < segment.info.bytes) break;
        queue.shift();
      }
    }
    return pieces.length === 0 ? null : { body: bodies.length === 1 ? bodies[0]! : Buffer.concat(bodies), pieces };
  }

  /** Null for a segment whose file cannot be read, or ends too early: it is left out, and shows as missing in the account. */
  private read(segment: Tracked, room: number, isFirst: boolean): Buffer | null {
    const { name, bytes } = segment.info;
    const path = join(this.dir, name);
    try {
      const body = readLines(path, segment.next, bytes, room, isFirst);
      if (body.length > 0 || !isFirst) return body;
      throw new Error(`${path}: must have ${bytes} bytes that end with a line, ends before`);
    } catch (error) {
      this.trouble = new SinkFailure('retry', messageOf(error));
      this.unfinished.delete(segment);
      return null;
    }
  }

  /** Resolves when each line is acknowledged or refused, or everything is stopped. */
  private async deliver(chunk: Chunk): Promise<void> {
    const failure = await this.attempt(chunk.body);
    if (this.isStopped) return;
    if (failure !== null) await this.divide(chunk, failure);
    if (this.isStopped) return;
    this.settle(chunk);
  }

  /** Tries until the server takes the lines, or says that it never will: null is acknowledged, or stopped. */
  private async attempt(body: Buffer): Promise<SinkFailure | null> {
    while (await this.gate.pass()) {
      this.counts.requests++;
      try {
        await this.sink.write(body);
        this.succeed();
        return null;
      } catch (error) {
        if (this.isStopped) return null;
        const failure = error instanceof SinkFailure ? error : new SinkFailure('retry', messageOf(error));
        this.counts.httpStatus = failure.status;
        if (failure.kind === 'too-large')
          this.largest = this.chunkBytes = Math.max(SMALLEST_CHUNK, this.chunkBytes >> 1);
        if (failure.kind === 'refused' || failure.kind === 'too-large') return failure;
        this.fail(failure);
      }
    }
    return null;
  }

  private succeed(): void {
    this.counts.httpStatus = this.sink.written === undefined ? 204 : 0;
    this.chunkBytes = Math.min(this.largest, 2 * this.chunkBytes);
    this.trouble = null;
    this.gate.succeed();
  }

  private fail(failure: SinkFailure): void {
    this.counts.retries++;
    this.trouble = failure;
    // A server that cannot answer in time may do so for less.
    if (failure.status === 0) this.chunkBytes = Math.max(SMALLEST_CHUNK, this.chunkBytes >> 1);
    this.gate.close(failure);
  }

  /** Sends the chunk in parts, and sets aside the lines that the server refuses. */
  private async divide(chunk: Chunk, failure: SinkFailure): Promise<void> {
    const lines = chunk.body.toString('utf8').split('\n').slice(0, -1);
    const attempt = (part: readonly string[]) => this.attempt(Buffer.from(`${part.join('\n')}\n`));
    for (let doubts = 0; !this.isStopped; doubts++) {
      const bisection = new Bisection(attempt, doubts >= DOUBTS);
      try {
        await bisection.divide(lines, failure);
        if (this.isStopped) return;
        if (bisection.isCertain) return this.refuse(chunk, lines, bisection.refused);
        this.fail(new SinkFailure('retry', failure.message, failure));
      } catch (error) {
        // Without room for the refused lines they wait with all the others.
        const known = error instanceof ServerDoubted ? error.failure : undefined;
        this.fail(new SinkFailure('retry', messageOf(error), known));
      }
    }
  }

  /** Writes refused lines with the server's reason, and counts them where they came from. */
  private refuse(chunk: Chunk, lines: readonly string[], refused: readonly RefusedLine[]): void {
    if (refused.length === 0) return;
    const bad = new Set(refused.map(({ line }) => line));
    const results = new Set<string>();
    const counts: number[] = [];
    let at = 0;
    for (const { lines: length, segment } of chunk.pieces) {
      const own = lines.slice(at, at + length).filter((line) => bad.has(line));
      if (!segment.info.isTelemetry) for (const line of own) results.add(line);
      counts.push(own.length);
      at += length;
    }
    const notes = refused.map(({ line, ...why }) => {
      // What no account counts is not sent again.
      const kind = results.has(line) ? {} : { isTelemetry: true };
      return `${JSON.stringify({ line, ...why, ...kind, at: new Date().toISOString() })}\n`;
    });
    appendDurably(join(this.dir, REFUSED), notes.join(''));
    for (const [i, count] of counts.entries()) chunk.pieces[i]!.refused = count;
  }

  /** Moves the segments' offsets over what is done, and removes segments that are through. */
  private settle(chunk: Chunk): void {
    for (const piece of chunk.pieces) piece.isDone = true;
    // Each entry says how long the file was behind its own points: whichever of them a crash leaves, the others come again.
    let written = (this.sink.written ?? Number.NaN) - chunk.body.length;
    for (const { segment, from, to } of chunk.pieces) {
      written += to - from;
      this.advance(segment, written);
    }
  }

  private advance(segment: Tracked, written: number): void {
    const { info, pieces } = segment;
    while (pieces[0]?.isDone === true) {
      const { to, lines, refused } = pieces.shift()!;
      segment.offset = to;
      segment.acknowledged += lines - refused;
      segment.refused += refused;
      if (info.isTelemetry) continue;
      this.counts.acknowledged += lines - refused;
      this.counts.refused += refused;
    }
    const { offset, acknowledged, refused } = segment;
    const done = offset >= info.bytes;
    const entry = { segment: info.name, offset, acknowledged, refused, done };
    this.journal.add(Number.isNaN(written) ? entry : { ...entry, written });
    if (!done) return;
    this.unfinished.delete(segment);
    rmSync(join(this.dir, info.name), { force: true });
  }
}

/** Whole lines from `from` on, at most `room` bytes of them; one longer line where `isFirst`. */
function readLines(path: string, from: number, end: number, room: number, isFirst: boolean): Buffer {
  const handle = openSync(path, 'r');
  try {
    for (let size = Math.min(room, end - from); ; size = Math.min(2 * size, end - from)) {
      const buffer = Buffer.allocUnsafe(size);
      const length = readSync(handle, buffer, 0, size, from);
      const cut = buffer.subarray(0, length).lastIndexOf(NEWLINE) + 1;
      if (cut > 0 || !isFirst || length < size || size >= end - from) return buffer.subarray(0, cut);
    }
  } finally {
    closeSync(handle);
  }
}

/** Adds lines: all of them, or none. What a crash left of a last one stays a line of its own. */
function appendDurably(path: string, text: string): void {
  const handle = openSync(path, 'a+');
  const { size } = fstatSync(handle);
  try {
    const last = Buffer.alloc(1, NEWLINE);
    if (size > 0) readSync(handle, last, 0, 1, size - 1);
    writeFileSync(handle, last[0] === NEWLINE ? text : `\n${text}`);
    fdatasyncSync(handle);
  } catch (error) {
    ftruncateSync(handle, size);
    throw error;
  } finally {
    closeSync(handle);
  }
}

function countLines(body: Buffer): number {
  let lines = 0;
  for (let at = body.indexOf(NEWLINE); at >= 0; at = body.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
