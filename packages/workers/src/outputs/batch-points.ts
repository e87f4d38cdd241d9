import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { END_REASONS } from '@ergodic/core';
import { LIQUIDITIES, SIDES, WHOLE_COLUMNS } from '../recorder.ts';
import type { TableLayout } from '../store/parts.ts';
import type { BatchResult, Columns } from '../task.ts';
import { extensionOf, type FieldKind, type FieldSpec, type PointFormat, Series } from './encode.ts';
import type { PointsSpec, RejectRow, SegmentTarget } from './points-spec.ts';
import { type OutputName, type SegmentInfo, SegmentWriter } from './segment.ts';
import { SEQUENCES, Stamps } from './stamps.ts';

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

const numericFields = (names: readonly string[]): FieldSpec[] =>
  names.map((name) => ({ name, kind: WHOLE_COLUMNS.has(name) ? 'integer' : 'float' }));
const text = (name: string): FieldSpec => ({ name, kind: 'text' satisfies FieldKind });

const STREAM_FIELDS: readonly FieldSpec[] = [
  { name: 'episode', kind: 'integer' },
  text('role'),
  text('label'),
  text('timeFrom'),
  text('timeTo'),
];
/** In the order of their stamps. */
/** In the order in which fills are recorded. */
type FillColumns = readonly [
  episode: Float64Array,
  step: Float64Array,
  timeMs: Float64Array,
  symbol: Float64Array,
  orderId: Float64Array,
  side: Float64Array,
  filledQty: Float64Array,
  price: Float64Array,
  commission: Float64Array,
  slippage: Float64Array,
  liquidity: Float64Array,
  spread: Float64Array,
  impact: Float64Array,
];

const ROLES = ['recorded', 'worst', 'median', 'best'] as const;
export type StreamRole = (typeof ROLES)[number];

/** Writes the points of a batch for every output; segments that are not committed with the batch count for nothing. */
export function writeBatchPoints(
  spec: PointsSpec,
  layout: TableLayout,
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
  series.set([episode, role, label, ...range]);
  writer.add(series, stamps.micros(episode, 0), ROLES.indexOf(role));
}

class BatchPoints {
  private readonly spec: PointsSpec;
  private readonly layout: TableLayout;
  private readonly target: SegmentTarget;
  private readonly writer: SegmentWriter;
  private readonly stamps: Stamps;

  constructor(spec: PointsSpec, layout: TableLayout, target: SegmentTarget, writer: SegmentWriter) {
    this.spec = spec;
    this.layout = layout;
    this.target = target;
    this.writer = writer;
    this.stamps = new Stamps(spec.createdAt, spec.steps);
  }

  /** One point an episode, failed ones included. The loops over rows are methods of their own: what is compiled for them stays small. */
  episodes(source: PointSource): void {
    const { fields } = this.layout;
    const codes = new Map([...source.failures, ...source.skipped].map(({ episode, code }) => [episode, code]));
    const first: FieldSpec[] = [{ name: 'episode', kind: 'integer' }, text('endReason'), text('failureCode')];
    const series = this.series('episodes', {}, [...first, ...numericFields(fields)]);
    this.addEpisodes(series, source, codes);
  }

  private addEpisodes(series: Series, source: PointSource, codes: ReadonlyMap<number, string>): void {
    const { from, endReasons, records } = source;
    for (let i = 0, at = 0; i < endReasons.length; i++, at += this.layout.fields.length) {
      this.addEpisode(series, from + i, END_REASONS[endReasons[i]!]!, codes.get(from + i) ?? '', records, at);
    }
  }

  private addEpisode(
    series: Series,
    episode: number,
    endReason: string,
    failureCode: string,
    records: Float64Array,
    from: number,
  ): void {
    const { numbers, texts } = series;
    numbers[0] = episode;
    texts[1] = endReason;
    texts[2] = failureCode;
    for (let j = 3; j < numbers.length; j++) numbers[j] = records[from + j - 3]!;
    this.writer.add(series, this.stamps.micros(episode, 0), 0);
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

  /** `names` of columns, the first two of them episode and step. */
  private steps(
    measurement: string,
    names: readonly string[],
    columns: Columns,
    isSent: (episode: number) => boolean,
  ): void {
    const series = this.series(measurement, {}, numericFields(names));
    const [episodes] = columns as [Float64Array];
    for (let from = 0, to = 0; from < episodes.length; from = to) {
      while (to < episodes.length && episodes[to] === episodes[from]) to++;
      if (isSent(episodes[from]!)) this.stepsOfEpisode(series, columns, from, to);
    }
  }

  /** The rows of one episode, `to` exclusive. */
  private stepsOfEpisode(series: Series, columns: Columns, from: number, to: number): void {
    const { numbers } = series;
    const { every } = this.target;
    for (let row = from; row < to; row++) {
      for (let i = 0; i < numbers.length; i++) numbers[i] = columns[i]![row]!;
      const step = numbers[1]!;
      if (step % every === 0 || row === to - 1) {
        this.writer.add(series, this.stamps.micros(numbers[0]!, step), 0);
      }
    }
  }

  private fills(columns: Columns, isSent: (episode: number) => boolean): void {
    const [
      episode,
      step,
      timeMs,
      symbol,
      orderId,
      side,
      filledQty,
      price,
      commission,
      slippage,
      liquidity,
      spread,
      impact,
    ] = columns as readonly Float64Array[] as FillColumns;
    const names = ['episode', 'step', 'timeMs', 'orderId', 'filledQty', 'price', 'commission', 'slippage'];
    const fields = [...numericFields([...names, 'spread', 'impact']), text('liquidity')];
    const numbered = this.numbered('fills', fields);
    for (let row = 0; row < episode.length; row++) {
      if (!isSent(episode[row]!)) continue;
      const values = [episode[row]!, step[row]!, timeMs[row]!, orderId[row]!, filledQty[row]!, price[row]!];
      numbered(episode[row]!, step[row]!, symbol[row]!, SIDES[side[row]!]!, [
        ...values,
        commission[row]!,
        slippage[row]!,
        spread[row]!,
        impact[row]!,
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
  ): (episode: number, step: number, symbol: number, side: string, values: readonly (number | string)[]) => void {
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
      series.set(values);
      this.writer.add(series, this.stamps.micros(episode, step), at.sequence % SEQUENCES);
    };
  }

  private series(measurement: string, tags: Readonly<Record<string, string>>, fields: readonly FieldSpec[]): Series {
    return new Series(this.target.format, measurement, { run: this.spec.run, ...tags }, fields);
  }
}
