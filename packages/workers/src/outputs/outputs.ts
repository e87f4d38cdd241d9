import { appendFileSync, existsSync, rmSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { OutputsConfig } from '@ergodic/core';
import { messageOf, RunError } from '../errors.ts';
import type { Manifest } from '../store/manifest.ts';
import type { PartInfo } from '../store/parts.ts';
import type { PointsSpec, SegmentTarget } from './batch-points.ts';
import type { DeliveryState } from './delivery.ts';
import { extensionOf, type PointFormat } from './encode.ts';
import { pointsSpec } from './plan.ts';
import type { OutputName, SegmentInfo } from './segment.ts';
import { resolveInflux } from './settings.ts';
import type { SinkThreadData, SinkThreadReport, SinkThreadRequest } from './sink-thread.ts';
import { readSpool, type SpoolContent } from './spool.ts';

const MIB = 1_048_576;
const LOOK_MS = 50;
/** The sink thread ends its deliveries within this time, ms. */
const STOP_MS = 2_000;
/** What an output without settings of its own has. */
const DEFAULTS = { spoolMb: 1_024, pauseSeconds: 900, drainSeconds: 60 } as const;

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
}

/** A damaged segment, and how far it had been delivered. */
export type DamagedSegment = SpoolContent['damaged'][number];

interface Output {
  readonly target: SegmentTarget;
  readonly limits: { readonly spoolMb: number; readonly pauseSeconds: number; readonly drainSeconds: number };
  readonly path: string | undefined;
  readonly content: SpoolContent;
  /** Episodes whose streams were sent apart from their batches. */
  readonly streamed: ReadonlySet<number>;
  produced: number;
  /** Acknowledged and refused by processes before this one. */
  readonly before: { acknowledged: number; refused: number };
  /** Bytes handed to the sink thread. */
  sentBytes: number;
  state: DeliveryState | undefined;
  telemetry: { name: string; lines: number; bytes: number } | null;
}

/**
 * The outputs of a run under way. Workers write segments, commits name them, one thread sends them; what is not
 * acknowledged stays in the spool, and the run's results do not depend on any of it.
 */
export class Outputs {
  readonly spec: PointsSpec;
  private readonly outputs: readonly Output[];
  private readonly thread: Worker;
  private readonly onNotice: (notice: string) => void;
  private readonly ended: Promise<void>;
  private readonly troubled = new Set<OutputName>();
  private crash: string | null = null;

  private constructor(
    spec: PointsSpec,
    outputs: readonly Output[],
    config: OutputsConfig,
    onNotice: (notice: string) => void,
  ) {
    this.spec = spec;
    this.outputs = outputs;
    this.onNotice = onNotice;
    const workerData: SinkThreadData = {
      config,
      outputs: outputs.map(({ target: { output, dir }, path, content: { waiting, written } }) => ({
        ...{ output, dir, waiting },
        ...(path === undefined ? {} : { path }),
        ...(written === undefined ? {} : { written }),
      })),
    };
    this.thread = new Worker(new URL('./sink-thread.js', import.meta.url), { workerData });
    this.ended = new Promise((resolve) => {
      this.thread.once('exit', () => resolve());
    });
    this.thread.on('error', (error) => this.lose(messageOf(error)));
    this.thread.on('message', (report: SinkThreadReport) => this.take(report));
    this.thread.unref();
  }

  /** Opens the spools against what is committed; null where the run has no outputs. Throws RunError where settings are missing. */
  static open(
    runDir: string,
    manifest: Manifest,
    parts: readonly PartInfo[],
    onNotice: (notice: string) => void,
  ): Outputs | null {
    const spec = pointsSpec(runDir, manifest);
    if (spec === undefined) return null;
    const { config } = manifest;
    if (config.outputs.influx !== undefined) resolveInflux(config.outputs.influx);
    const outputs = spec.targets.map((target): Output => {
      const content = readSpool(runDir, target.output, parts, true);
      const { produced, acknowledged, refused } = content;
      const path = config.outputs.file?.path ?? join(runDir, `points.${extensionOf(target.format)}`);
      return {
        target,
        limits: { ...DEFAULTS, ...(target.output === 'influx' ? config.outputs.influx : {}) },
        path: target.output === 'file' ? path : undefined,
        content,
        streamed: streamedEpisodes(parts, target.output),
        produced,
        before: { acknowledged, refused },
        sentBytes: content.waiting.reduce((sum, { bytes, offset }) => sum + bytes - offset, 0),
        state: undefined,
        telemetry: null,
      };
    });
    return new Outputs(spec, outputs, config.outputs, onNotice);
  }

  get formats(): PointFormat[] {
    return [...new Set(this.outputs.map(({ target }) => target.format))];
  }

  /** Segments that have to be written anew. */
  get damaged(): readonly DamagedSegment[] {
    return this.outputs.flatMap(({ content }) => content.damaged);
  }

  /** Names of segments become durable before the commit that names them. */
  async sync(segments: readonly SegmentInfo[]): Promise<void> {
    for (const { target } of this.outputs) {
      const own = segments.filter(({ output }) => output === target.output);
      await Promise.all(own.map(({ name }) => syncFile(join(target.dir, name))));
      if (own.length > 0) await syncFile(target.dir);
    }
  }

  /** Whether the streams of an episode are among what the batches send, or were sent by an earlier process. */
  hasStreams(output: OutputName, episode: number): boolean {
    return this.outputs.some(
      ({ target, streamed }) => target.output === output && (episode < target.episodes || streamed.has(episode)),
    );
  }

  /** Removes segments that will not be committed. */
  discard(segments: readonly SegmentInfo[]): void {
    for (const { output, name } of segments) {
      const { target } = this.outputs.find((one) => one.target.output === output)!;
      rmSync(join(target.dir, name), { force: true });
    }
  }

  /** Writes those of `written` in place of a damaged segment of theirs; `commit` makes them count. */
  async replace(
    damaged: DamagedSegment,
    written: readonly SegmentInfo[],
    commit: (wanted: readonly SegmentInfo[]) => Promise<void>,
  ): Promise<void> {
    const wanted = written.filter(({ output }) => output === damaged.output);
    this.discard(written.filter(({ output }) => output !== damaged.output));
    await this.sync(wanted);
    await commit(wanted);
    this.discard([damaged]);
    this.committed(wanted, [damaged]);
  }

  /** Sends committed segments. Those named in `replaced` are no longer expected. */
  committed(segments: readonly SegmentInfo[], replaced: readonly DamagedSegment[] = []): void {
    for (const output of this.outputs) {
      const own = segments.filter((segment) => segment.output === output.target.output);
      for (const { lines } of own) output.produced += lines;
      for (const old of replaced) {
        if (old.output !== output.target.output) continue;
        output.produced -= old.lines;
        output.before.acknowledged -= old.acknowledged;
        output.before.refused -= old.refused;
      }
      this.send(
        output,
        own.map(({ name, bytes, lines }) => ({ name, bytes, lines, isTelemetry: false })),
      );
    }
  }

  /** Adds telemetry, a text for each format. It travels before results, and no more than two files of it ever wait. */
  addTelemetry(texts: ReadonlyMap<PointFormat, string>): void {
    for (const output of this.outputs) {
      const text = texts.get(output.target.format) ?? '';
      if (text === '') continue;
      const { dir, format } = output.target;
      output.telemetry ??= newTelemetry(extensionOf(format));
      const { telemetry } = output;
      const path = join(dir, telemetry.name);
      try {
        appendFileSync(path, text);
        telemetry.lines += text.split('\n').length - 1;
        telemetry.bytes += Buffer.byteLength(text);
      } catch {
        // Telemetry is for people who watch: a full disk may cost some of it, but leaves no half of a line.
        if (existsSync(path)) truncateSync(path, telemetry.bytes);
      }
      if ((output.state?.waitingTelemetry ?? 0) === 0) this.sendTelemetry(output);
    }
  }

  /**
   * Waits while a spool is above its limit. Throws RunError `SPOOL_FULL` when it has been for `pauseSeconds`; `onPause` is told
   * when a pause begins and ends.
   */
  async room(isOver: () => boolean, onPause: (isPaused: boolean) => void): Promise<void> {
    let pausedAt: number | null = null;
    for (;;) {
      const full = this.outputs.find((output) => spooledBytes(output) > output.limits.spoolMb * MIB);
      if (full === undefined || isOver()) break;
      if (pausedAt === null) onPause(true);
      pausedAt ??= performance.now();
      const { pauseSeconds, spoolMb } = full.limits;
      if (performance.now() - pausedAt > pauseSeconds * 1_000) {
        const name = full.target.output;
        const why = full.state?.reason ? ` (${full.state.reason})` : '';
        const rule = `outputs.${name}: the spool holds more than ${spoolMb} MiB (spoolMb) and has for ${pauseSeconds} s (pauseSeconds)`;
        throw new RunError('SPOOL_FULL', `${rule}${why}; when the server takes points again: ergodic resume`);
      }
      await delay(LOOK_MS);
    }
    if (pausedAt !== null) onPause(false);
  }

  /** After a full disk: waits until deliveries have freed some room. False where nothing waits that could. */
  async relief(isOver: () => boolean): Promise<boolean> {
    const before = this.outputs.map(spooledBytes);
    if (before.every((bytes) => bytes === 0)) return false;
    const startedAt = performance.now();
    const longestMs = 1_000 * Math.max(...this.outputs.map(({ limits }) => limits.pauseSeconds));
    while (!isOver() && performance.now() - startedAt < longestMs) {
      const hasMoved = this.outputs.some((output, i) => spooledBytes(output) < before[i]!);
      if (hasMoved) return true;
      await delay(LOOK_MS);
    }
    return false;
  }

  /** Waits until everything is delivered, or a server takes nothing for `drainSeconds` or will not without somebody's help. */
  async drain(isOver: () => boolean, leastSeconds: number = 0): Promise<void> {
    for (const output of this.outputs) this.sendTelemetry(output);
    const moved = this.outputs.map(() => ({ bytes: Number.NaN, at: performance.now() }));
    const isWaiting = (output: Output, i: number): boolean => {
      const bytes = spooledBytes(output);
      if (bytes !== moved[i]!.bytes) moved[i] = { bytes, at: performance.now() };
      if (bytes === 0 || output.state?.status === 'blocked' || this.crash !== null) return false;
      return performance.now() - moved[i]!.at < 1_000 * Math.max(output.limits.drainSeconds, leastSeconds);
    };
    while (!isOver() && this.outputs.map(isWaiting).some(Boolean)) await delay(LOOK_MS);
  }

  /** Whether nothing waits any more. */
  get isDrained(): boolean {
    return this.outputs.every((output) => spooledBytes(output) === 0);
  }

  progress(): OutputProgress[] {
    return this.outputs.map((output) => {
      const { target, produced, before, state } = output;
      const acknowledged = before.acknowledged + (state?.acknowledged ?? 0);
      const refused = before.refused + (state?.refused ?? 0);
      const rest = produced - acknowledged - refused;
      // Until the thread has told, what it does not know waits.
      const spooled = state === undefined || state.receivedBytes < output.sentBytes ? rest : state.waitingLines;
      return {
        ...{ output: target.output, produced, acknowledged, spooled, refused, missing: rest - spooled },
        status: this.crash === null ? (state?.status ?? 'idle') : 'blocked',
        reason: this.crash ?? state?.reason ?? '',
        spooledBytes: spooledBytes(output),
      };
    });
  }

  /** For the telemetry. */
  states(): { output: Output['target']['output']; state: DeliveryState | undefined; limitMb: number }[] {
    return this.outputs.map(({ target, state, limits }) => ({ output: target.output, state, limitMb: limits.spoolMb }));
  }

  /** Ends the thread and gives the account. */
  async close(): Promise<OutputFigures[]> {
    this.thread.ref();
    this.request({ kind: 'stop' });
    await Promise.race([this.ended, delay(STOP_MS, undefined, { ref: false })]);
    await this.thread.terminate();
    return this.progress().map(({ output, produced, acknowledged, spooled, refused, missing }) => ({
      ...{ output, produced, acknowledged, spooled, refused, missing },
    }));
  }

  private sendTelemetry(output: Output): void {
    const { telemetry } = output;
    if (telemetry === null || telemetry.lines === 0) return;
    output.telemetry = null;
    this.send(output, [{ ...telemetry, isTelemetry: true }]);
  }

  private send(
    output: Output,
    segments: readonly { name: string; bytes: number; lines: number; isTelemetry: boolean }[],
  ): void {
    if (segments.length === 0) return;
    for (const { bytes } of segments) output.sentBytes += bytes;
    const fresh = { offset: 0, acknowledged: 0, refused: 0 };
    this.request({
      kind: 'add',
      output: output.target.output,
      segments: segments.map((segment) => ({ ...segment, ...fresh })),
    });
  }

  private request(request: SinkThreadRequest): void {
    this.thread.postMessage(request);
  }

  private take({ states }: SinkThreadReport): void {
    for (const state of states) {
      const output = this.outputs.find(({ target }) => target.output === state.output)!;
      output.state = state;
      this.tell(state);
    }
  }

  /** A line when an output gets into trouble, and when it is out of it. */
  private tell({ output, status, reason }: DeliveryState): void {
    const isTroubled = status === 'retrying' || status === 'blocked';
    if (isTroubled && !this.troubled.has(output)) {
      this.troubled.add(output);
      const rest = status === 'blocked' ? 'points wait in the spool until that is mended' : 'points wait in the spool';
      this.onNotice(`${output}: ${reason}; ${rest}`);
    } else if (!isTroubled && status !== 'closed' && this.troubled.delete(output)) {
      this.onNotice(`${output}: points are being delivered again`);
    }
  }

  private lose(message: string): void {
    this.crash = `the sink thread ended: ${message}`;
    this.onNotice(`outputs: ${this.crash}; points wait in the spool for ergodic flush`);
  }
}

function streamedEpisodes(parts: readonly PartInfo[], output: OutputName): Set<number> {
  const segments = parts.flatMap((part) => part.segments ?? []);
  return new Set(segments.filter((one) => one.output === output && one.scope === 'streams').map(({ from }) => from));
}

/** Bytes that wait, counting what the thread has not heard of yet. */
function spooledBytes({ state, sentBytes }: Output): number {
  return state === undefined ? sentBytes : state.waitingBytes + sentBytes - state.receivedBytes;
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name that no process has used before: the journal remembers the names of what was delivered. */
function newTelemetry(extension: string): NonNullable<Output['telemetry']> {
  return { name: `telemetry-${Date.now()}-${process.pid}.${extension}`, lines: 0, bytes: 0 };
}
