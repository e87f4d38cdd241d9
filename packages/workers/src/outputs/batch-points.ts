import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { END_REASONS, type Order, type OrderReason } from '@ergodic/core';
import { LIQUIDITIES, SIDES } from '../recorder.ts';
import type { BatchResult, Columns } from '../task.ts';
import { extensionOf, type FieldKind, type FieldSpec, type FieldValue, type PointFormat, Series } from './encode.ts';
import { type OutputName, type SegmentInfo, SegmentWriter } from './segment.ts';
import { SEQUENCES, Stamps } from './stamps.ts';

/** One output of a run, as the workers see it. */
export interface SegmentTarget {
  readonly output: OutputName;
  readonly format: PointFormat;
  /** The spool of the output. */
  readonly dir: string;
  /** Episodes below this number send their streams. */
  readonly episodes: number;
  /** Of equity and rewards, steps that are a multiple of it, and the last. */
  readonly every: number;
}

/** What workers need to write points. */
export interface PointsSpec {
  readonly run: string;
  readonly createdAt: string;
  /** The longest episode. */
  readonly steps: number;
  readonly targets: readonly SegmentTarget[];
}

/** Names of a run's columns. */
export interface PointLayout {
  readonly symbols: readonly string[];
  readonly fields: readonly string[];
  readonly equity: readonly string[];
  readonly rewards: readonly string[];
}

/** An order that risk refused. */
export interface RejectRow {
  readonly episode: number;
  readonly step: number;
  readonly timeMs: number;
  readonly order: Order;
  readonly reason: OrderReason;
}

export type PointSource = Pick<
  BatchResult,
  'from' | 'to' | 'endReasons' | 'records' | 'failures' | 'equity' | 'rewards' | 'fills'
> & {
  readonly rejects: readonly RejectRow[];
  /** Episodes that did not run, with the code of their failure. */
  readonly skipped: readonly { readonly episode: number; readonly code: string }[];
  /** Episodes below this number have streams. */
  readonly recordBelow: number;
};

export const INTEGERS: ReadonlySet<string> = new Set([
  'episode',
  'step',
  'timeMs',
  'orderId',
  'steps',
  'orders',
  'fills',
  'rejects',
]);

export const numericFields = (names: readonly string[]): FieldSpec[] =>
  names.map((name) => ({ name, kind: INTEGERS.has(name) ? 'integer' : 'float' }));
const text = (name: string): FieldSpec => ({ name, kind: 'text' satisfies FieldKind });

const STREAM_FIELDS: readonly FieldSpec[] = [
  { name: 'episode', kind: 'integer' },
  text('role'),
  text('label'),
  text('timeFrom'),
  text('timeTo'),
];
/** In the order of their stamps. */
const ROLES = ['recorded', 'worst', 'median', 'best'] as const;
export type StreamRole = (typeof ROLES)[number];

/** Writes the points of a batch for every output; segments that are not committed with the batch count for nothing. */
export function writeBatchPoints(
  spec: PointsSpec,
  layout: PointLayout,
  source: PointSource,
  scope: 'all' | 'streams',
): SegmentInfo[] {
  const segments: SegmentInfo[] = [];
  const { from, to } = source;
  let writer: SegmentWriter | undefined;
  try {
    for (const target of spec.targets) {
      writer = new SegmentWriter(target.dir, `${from}-${to - 1}`, extensionOf(target.format));
      const points = new BatchPoints(spec, layout, target, writer);
      if (scope === 'all') points.episodes(source);
      points.streams(source, scope === 'streams' ? Number.POSITIVE_INFINITY : target.episodes);
      const segment = writer.close({ output: target.output, from, to, scope });
      writer = undefined;
      if (segment !== null) segments.push(segment);
    }
  } catch (error) {
    writer?.discard();
    // On a full disk, each new try would leave those of the outputs before.
    for (const { output, name } of segments) {
      const { dir } = spec.targets.find((target) => target.output === output)!;
      rmSync(join(dir, name), { force: true });
    }
    throw error;
  }
  return segments;
}

/** What makes an episode stand out. */
export interface StreamLabel {
  readonly role: StreamRole;
  readonly episode: number;
  readonly totalReturn: number;
}

/** Writes the points that name the worst, the median and the best episode. */
export function writeLabels(
  spec: PointsSpec,
  labels: readonly StreamLabel[],
  isWanted: (output: OutputName) => boolean,
): SegmentInfo[] {
  return spec.targets.flatMap((target) => {
    if (!isWanted(target.output)) return [];
    const writer = new SegmentWriter(target.dir, 'labels', extensionOf(target.format));
    for (const { role, episode, totalReturn } of labels) {
      const percent = `${totalReturn < 0 ? '−' : '+'}${(100 * Math.abs(totalReturn)).toFixed(1)} %`;
      addStream(writer, spec, target.format, episode, role, `${role}: episode ${episode}, ${percent}`);
    }
    return writer.close({ output: target.output, from: 0, to: 0, scope: 'labels' }) ?? [];
  });
}

/** Adds the point that says which episode is worst, median or best, or just there, and where its stream is. */
function addStream(
  writer: SegmentWriter,
  spec: PointsSpec,
  format: PointFormat,
  episode: number,
  role: StreamRole,
  label: string,
): void {
  const stamps = new Stamps(spec.createdAt, spec.steps);
  const series = new Series(format, 'streams', { run: spec.run }, STREAM_FIELDS);
  const range = [stamps.at(episode, 0), stamps.at(episode, spec.steps, SEQUENCES - 1)];
  writer.add(series, [episode, role, label, ...range], stamps.micros(episode, 0), ROLES.indexOf(role));
}

class BatchPoints {
  private readonly spec: PointsSpec;
  private readonly layout: PointLayout;
  private readonly target: SegmentTarget;
  private readonly writer: SegmentWriter;
  private readonly stamps: Stamps;

  constructor(spec: PointsSpec, layout: PointLayout, target: SegmentTarget, writer: SegmentWriter) {
    this.spec = spec;
    this.layout = layout;
    this.target = target;
    this.writer = writer;
    this.stamps = new Stamps(spec.createdAt, spec.steps);
  }

  /** One point an episode, failed ones included. */
  episodes(source: PointSource): void {
    const { fields } = this.layout;
    const width = fields.length;
    const codes = new Map([...source.failures, ...source.skipped].map(({ episode, code }) => [episode, code]));
    const first: FieldSpec[] = [{ name: 'episode', kind: 'integer' }, text('endReason'), text('failureCode')];
    const series = this.series('episodes', {}, [...first, ...numericFields(fields)]);
    for (let i = 0; i < source.endReasons.length; i++) {
      const episode = source.from + i;
      const figures = source.records.subarray(i * width, (i + 1) * width);
      const values = [episode, END_REASONS[source.endReasons[i]!]!, codes.get(episode) ?? '', ...figures];
      this.writer.add(series, values, this.stamps.micros(episode, 0), 0);
    }
  }

  /** Steps, fills and rejects of the recorded episodes below a number. */
  streams(source: PointSource, below: number): void {
    const { spec, target, layout } = this;
    const isSent = (episode: number): boolean => episode < below;
    for (let episode = source.from; episode < Math.min(source.to, source.recordBelow, target.episodes); episode++) {
      addStream(this.writer, spec, target.format, episode, 'recorded', `episode ${episode}`);
    }
    this.steps('equity', layout.equity, source.equity, isSent);
    this.steps('rewards', layout.rewards, source.rewards, isSent);
    this.fills(source.fills, isSent);
    this.rejects(source.rejects, isSent);
  }

  private steps(
    measurement: string,
    names: readonly string[],
    columns: Columns,
    isSent: (episode: number) => boolean,
  ): void {
    const { every } = this.target;
    const [episodes, steps] = columns as [Float64Array, Float64Array];
    const series = this.series(measurement, {}, numericFields(names));
    const values = new Array<number>(columns.length);
    for (let row = 0; row < episodes.length; row++) {
      const episode = episodes[row]!;
      const step = steps[row]!;
      const isLast = row + 1 === episodes.length || episodes[row + 1] !== episode;
      if (!isSent(episode) || (step % every !== 0 && !isLast)) continue;
      for (let i = 0; i < columns.length; i++) values[i] = columns[i]![row]!;
      this.writer.add(series, values, this.stamps.micros(episode, step), 0);
    }
  }

  private fills(columns: Columns, isSent: (episode: number) => boolean): void {
    const [episode, step, timeMs, symbol, orderId, side, filledQty, price, commission, slippage, liquidity] =
      columns as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
    const names = ['episode', 'step', 'timeMs', 'orderId', 'filledQty', 'price', 'commission', 'slippage'];
    const numbered = this.numbered('fills', [...numericFields(names), text('liquidity')]);
    for (let row = 0; row < episode.length; row++) {
      if (!isSent(episode[row]!)) continue;
      const values = [episode[row]!, step[row]!, timeMs[row]!, orderId[row]!, filledQty[row]!, price[row]!];
      numbered(episode[row]!, step[row]!, symbol[row]!, SIDES[side[row]!]!, [
        ...values,
        commission[row]!,
        slippage[row]!,
        LIQUIDITIES[liquidity[row]!]!,
      ]);
    }
  }

  private rejects(rows: readonly RejectRow[], isSent: (episode: number) => boolean): void {
    const names = ['episode', 'step', 'timeMs', 'orderId', 'quantity'];
    const numbered = this.numbered('rejects', [...numericFields(names), text('orderType'), text('reason')]);
    for (const { episode, step, timeMs, order, reason } of rows) {
      if (!isSent(episode)) continue;
      const { orderId, quantity, orderType, orderSide, symbolIndex } = order;
      const values = [episode, step, timeMs, orderId, quantity, orderType, reason];
      numbered(episode, step, symbolIndex, orderSide, values);
    }
  }

  /** Writes points of which one step may have many: they are counted within the step. */
  private numbered(
    measurement: string,
    fields: readonly FieldSpec[],
  ): (episode: number, step: number, symbol: number, side: string, values: readonly FieldValue[]) => void {
    const known = new Map<string, Series>();
    let at = { episode: -1, step: -1, sequence: -1 };
    return (episode, step, symbol, side, values) => {
      const isSame = at.episode === episode && at.step === step;
      at = { episode, step, sequence: isSame ? at.sequence + 1 : 0 };
      const lane = Math.floor(at.sequence / SEQUENCES);
      const key = `${symbol} ${side} ${lane}`;
      let series = known.get(key);
      if (series === undefined) {
        const tags = { symbol: this.layout.symbols[symbol]!, side, ...(lane === 0 ? {} : { lane: String(lane) }) };
        series = this.series(measurement, tags, fields);
        known.set(key, series);
      }
      this.writer.add(series, values, this.stamps.micros(episode, step), at.sequence % SEQUENCES);
    };
  }

  private series(measurement: string, tags: Readonly<Record<string, string>>, fields: readonly FieldSpec[]): Series {
    return new Series(this.target.format, measurement, { run: this.spec.run, ...tags }, fields);
  }
}
