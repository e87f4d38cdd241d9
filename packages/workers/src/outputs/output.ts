import { appendFileSync, existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliveryState } from './delivery.ts';
import { extensionOf } from './encode.ts';
import type { SegmentTarget } from './points-spec.ts';
import type { OutputName, SegmentInfo } from './segment.ts';
import type { SpoolContent, SpooledSegment } from './spool.ts';

/** Telemetry that waits while a server is away; what comes after it is dropped. */
const TELEMETRY_BYTES = 8 * 1_048_576;
const FRESH = { offset: 0, acknowledged: 0, refused: 0 } as const;

/** The account of one output, in points of results: what was produced is acknowledged, spooled or refused. */
export interface OutputFigures {
  readonly output: OutputName;
  readonly produced: number;
  readonly acknowledged: number;
  /** In the spool, to be delivered by `ergodic flush`. */
  readonly spooled: number;
  /** In `refused.ndjson`, with the server's reasons. */
  readonly refused: number;
  /** Gone from the spool without having been delivered; always 0, unless somebody removed files. */
  readonly missing: number;
}

/** One output, for whoever looks on. */
export interface OutputProgress extends OutputFigures {
  readonly status: DeliveryState['status'];
  /** Why it is `retrying` or `blocked`. */
  readonly reason: string;
  readonly spooledBytes: number;
  /** The sink thread's own figures, as far as it has told. */
  readonly delivery: DeliveryState | undefined;
  readonly limitMb: number;
}

/** A damaged segment, and how far it had been delivered. */
export type DamagedSegment = SpoolContent['damaged'][number];

export interface OutputLimits {
  readonly spoolMb: number;
  readonly pauseSeconds: number;
  readonly drainSeconds: number;
}

/** The run's side of one output: what it gave to the sink thread, and what that came to. */
export class Output {
  readonly target: SegmentTarget;
  readonly limits: OutputLimits;
  /** Of `outputs.file`. */
  readonly path: string | undefined;
  readonly content: SpoolContent;
  state: DeliveryState | undefined;
  private produced: number;
  /** Acknowledged and refused by processes before this one. */
  private readonly before: { acknowledged: number; refused: number };
  /** Bytes handed to the sink thread. */
  private sentBytes: number;
  private telemetry: { name: string; lines: number; bytes: number } | null = null;

  constructor(target: SegmentTarget, limits: OutputLimits, path: string | undefined, content: SpoolContent) {
    const { produced, acknowledged, refused, waiting } = content;
    this.target = target;
    this.limits = limits;
    this.path = path;
    this.content = content;
    this.produced = produced;
    this.before = { acknowledged, refused };
    this.sentBytes = waiting.reduce((sum, { bytes, offset }) => sum + bytes - offset, 0);
  }

  /** Bytes that wait, counting what the thread has not heard of yet. */
  get spooledBytes(): number {
    const { state, sentBytes } = this;
    return state === undefined ? sentBytes : state.waitingBytes + sentBytes - state.receivedBytes;
  }

  get progress(): OutputProgress {
    const { target, produced, before, state, sentBytes, spooledBytes, limits } = this;
    const acknowledged = before.acknowledged + (state?.acknowledged ?? 0);
    const refused = before.refused + (state?.refused ?? 0);
    const rest = produced - acknowledged - refused;
    // Until the thread has told, what it does not know waits.
    const spooled = state === undefined || state.receivedBytes < sentBytes ? rest : state.waitingLines;
    return {
      ...{ output: target.output, produced, acknowledged, spooled, refused, missing: rest - spooled, spooledBytes },
      status: state?.status ?? 'idle',
      reason: state?.reason ?? '',
      delivery: state,
      limitMb: limits.spoolMb,
    };
  }

  /**
   * Takes up committed segments, and gives those that are to be sent. Those in `replaced` are no longer expected; a segment with the
   * same points goes on where one of them came to, with `goOn`.
   */
  commit(segments: readonly SegmentInfo[], replaced: readonly DamagedSegment[], goOn: boolean): SpooledSegment[] {
    const { output } = this.target;
    const own = segments.filter((segment) => segment.output === output);
    for (const { lines } of own) this.produced += lines;
    for (const old of replaced.filter((segment) => segment.output === output)) {
      this.produced -= old.lines;
      if (goOn && own.some((segment) => isSame(segment, old))) continue;
      this.before.acknowledged -= old.acknowledged;
      this.before.refused -= old.refused;
    }
    const sent = own.map((segment): SpooledSegment => {
      const { name, bytes, lines } = segment;
      const old = goOn ? replaced.find((one) => isSame(segment, one)) : undefined;
      const { offset, acknowledged, refused } = old ?? FRESH;
      const rest = lines - acknowledged - refused;
      return { name, bytes, lines: rest, isTelemetry: false, offset, acknowledged, refused };
    });
    return this.noteSent(sent);
  }

  /** Adds telemetry to the file that waits for the sink thread. */
  addTelemetry(text: string): void {
    const { dir, format } = this.target;
    // A name that no process has used before: the journal remembers the names of what was delivered.
    const name = `telemetry-${Date.now()}-${process.pid}.${extensionOf(format)}`;
    this.telemetry ??= { name, lines: 0, bytes: 0 };
    const { telemetry } = this;
    if (telemetry.bytes > TELEMETRY_BYTES) return;
    const path = join(dir, telemetry.name);
    try {
      appendFileSync(path, text);
      telemetry.lines += text.split('\n').length - 1;
      telemetry.bytes += Buffer.byteLength(text);
    } catch {
      // Telemetry is for people who watch: a full disk may cost some of it, but leaves no half of a line.
      if (existsSync(path)) truncateSync(path, telemetry.bytes);
    }
  }

  /** Whether the sink thread has sent the telemetry that it was given. */
  get isTelemetrySent(): boolean {
    return (this.state?.waitingTelemetry ?? 0) === 0;
  }

  /** The telemetry that waits, to be sent. */
  takeTelemetry(): SpooledSegment[] {
    const { telemetry } = this;
    if (telemetry === null || telemetry.lines === 0) return [];
    this.telemetry = null;
    return this.noteSent([{ ...telemetry, ...FRESH, isTelemetry: true }]);
  }

  private noteSent(segments: SpooledSegment[]): SpooledSegment[] {
    for (const { bytes, offset } of segments) this.sentBytes += bytes - offset;
    return segments;
  }
}

/** Whether one segment was written in place of another: the same points, as far as can be told. */
export function isSame(one: SegmentInfo, other: SegmentInfo): boolean {
  const { output, from, to, scope, bytes, lines } = other;
  const isPlace = one.output === output && one.from === from && one.to === to && one.scope === scope;
  return isPlace && one.bytes === bytes && one.lines === lines;
}
