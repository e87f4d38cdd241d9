import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { OutputsConfig } from '@ergodic/core';
import { messageOf, RunError } from '../errors.ts';
import type { Manifest } from '../store/manifest.ts';
import type { PartInfo } from '../store/parts.ts';
import type { DeliveryState } from './delivery.ts';
import { extensionOf, type PointFormat } from './encode.ts';
import { Journal } from './journal.ts';
import { type DamagedSegment, isSame, Output, type OutputFigures, type OutputProgress } from './output.ts';
import { pointsSpec } from './plan.ts';
import type { PointsSpec } from './points-spec.ts';
import type { OutputName, SegmentInfo } from './segment.ts';
import { resolveInflux } from './settings.ts';
import type { SinkThreadData, SinkThreadReport, SinkThreadRequest } from './sink-thread.ts';
import { JOURNAL, readSpool, type SpooledSegment } from './spool.ts';

const MIB = 1_048_576;
const LOOK_MS = 50;
/** The sink thread ends its deliveries within this time, ms. */
const STOP_MS = 2_000;
/** What an output without settings of its own has. */
const DEFAULTS = { spoolMb: 1_024, pauseSeconds: 900, drainSeconds: 60 } as const;

/** Who asks for room in the spools. */
export interface RoomRequest {
  /** Batches whose points are on their way into the spools. */
  readonly batches: () => number;
  readonly isOver: () => boolean;
  readonly onPause: (isPaused: boolean) => void;
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
  /** Bytes of the largest segment so far. */
  private largest = 0;

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
    const outputs = spec.targets.map((target) => {
      const isFile = target.output === 'file';
      const limits = { ...DEFAULTS, ...(isFile ? {} : config.outputs.influx) };
      const path = config.outputs.file?.path ?? join(runDir, `points.${extensionOf(target.format)}`);
      return new Output(target, limits, isFile ? path : undefined, readSpool(runDir, target.output, parts, true));
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

  /** Whether the streams of an episode are among what the batches send. */
  hasStreams(output: OutputName, episode: number): boolean {
    return this.outputs.some(({ target }) => target.output === output && episode < target.episodes);
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
    this.inherit(damaged, wanted);
    await commit(wanted);
    this.discard([damaged]);
    this.committed(wanted, [damaged], true);
  }

  /** What was delivered of a damaged segment is so of the one in its place: a file would have it twice. */
  private inherit({ offset, acknowledged, refused, ...damaged }: DamagedSegment, wanted: readonly SegmentInfo[]): void {
    const heir = wanted.find((segment) => isSame(segment, damaged));
    if (heir === undefined || offset === 0) return;
    const { target } = this.outputs.find((one) => one.target.output === damaged.output)!;
    const journal = new Journal(join(target.dir, JOURNAL));
    journal.add({ segment: heir.name, offset, acknowledged, refused, done: false });
    journal.close();
  }

  /**
   * Sends committed segments. Those in `replaced` are no longer expected; with `goOn`, delivery goes on where theirs came to.
   */
  committed(segments: readonly SegmentInfo[], replaced: readonly DamagedSegment[] = [], goOn: boolean = false): void {
    for (const output of this.outputs) this.send(output, output.commit(segments, replaced, goOn));
  }

  /** Adds telemetry, a text for each format. It travels before results, and no more than two files of it ever wait. */
  addTelemetry(texts: ReadonlyMap<PointFormat, string>): void {
    for (const output of this.outputs) {
      const text = texts.get(output.target.format) ?? '';
      if (text !== '') output.addTelemetry(text);
      if (output.isTelemetrySent) this.send(output, output.takeTelemetry());
    }
  }

  /** Takes note of segments that are not committed yet. */
  written(segments: readonly SegmentInfo[]): void {
    for (const { bytes } of segments) this.largest = Math.max(this.largest, bytes);
  }

  /**
   * Waits while a spool is above its limit, counting `batches` that are under way as large as the largest so far. Throws RunError
   * `SPOOL_FULL` when nothing was delivered for `pauseSeconds`; `onPause` is told when a pause begins and ends.
   */
  async room({ batches, isOver, onPause }: RoomRequest): Promise<void> {
    let pause: { at: number; bytes: number } | null = null;
    for (;;) {
      const coming = batches() * this.largest;
      const full = this.outputs.find(
        ({ spooledBytes, limits }) =>
          spooledBytes + coming > 0 && spooledBytes + coming + this.largest > limits.spoolMb * MIB,
      );
      if (full === undefined || isOver()) break;
      if (pause === null) onPause(true);
      const bytes = full.spooledBytes;
      if (pause === null || bytes < pause.bytes) pause = { at: performance.now(), bytes };
      const { pauseSeconds, spoolMb } = full.limits;
      if (performance.now() - pause.at > pauseSeconds * 1_000) {
        const why = full.state?.reason ? ` (${full.state.reason})` : '';
        const rule = `outputs.${full.target.output}: the spool is full (spoolMb: ${spoolMb}), and nothing was delivered for ${pauseSeconds} s (pauseSeconds)`;
        throw new RunError('SPOOL_FULL', `${rule}${why}; when the server takes points again: ergodic resume`);
      }
      await delay(LOOK_MS);
    }
    if (pause !== null) onPause(false);
  }

  /** After a full disk: waits until deliveries have freed some room. False where nothing waits that could. */
  async relief(isOver: () => boolean): Promise<boolean> {
    const before = this.outputs.map(({ spooledBytes }) => spooledBytes);
    if (before.every((bytes) => bytes === 0)) return false;
    const startedAt = performance.now();
    const longestMs = 1_000 * Math.max(...this.outputs.map(({ limits }) => limits.pauseSeconds));
    while (!isOver() && performance.now() - startedAt < longestMs) {
      if (this.outputs.some(({ spooledBytes }, i) => spooledBytes < before[i]!)) return true;
      await delay(LOOK_MS);
    }
    return false;
  }

  /** Waits until everything is delivered, or a server takes nothing for `drainSeconds` or will not without somebody's help. */
  async drain(isOver: () => boolean, leastSeconds: number = 0): Promise<void> {
    for (const output of this.outputs) this.send(output, output.takeTelemetry());
    const moved = this.outputs.map(() => ({ bytes: Number.NaN, at: performance.now() }));
    const isWaiting = (output: Output, i: number): boolean => {
      const bytes = output.spooledBytes;
      if (bytes !== moved[i]!.bytes) moved[i] = { bytes, at: performance.now() };
      if (bytes === 0 || output.state?.status === 'blocked' || this.crash !== null) return false;
      return performance.now() - moved[i]!.at < 1_000 * Math.max(output.limits.drainSeconds, leastSeconds);
    };
    while (!isOver() && this.outputs.map(isWaiting).some(Boolean)) await delay(LOOK_MS);
  }

  /** Whether nothing waits any more. */
  get isDrained(): boolean {
    return this.outputs.every(({ spooledBytes }) => spooledBytes === 0);
  }

  progress(): OutputProgress[] {
    const { crash } = this;
    const crashed = crash === null ? {} : ({ status: 'blocked', reason: crash } as const);
    return this.outputs.map(({ progress }) => ({ ...progress, ...crashed }));
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

  private send({ target }: Output, segments: readonly SpooledSegment[]): void {
    if (segments.length > 0) this.request({ kind: 'add', output: target.output, segments });
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

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
