import type { WorkerStatus } from '../control.ts';
import { FAN_ERROR, fanValue } from '../fan.ts';
import { asDouble, type Database, parquetSource } from '../store/database.ts';
import { tableFiles } from '../store/parts.ts';
import type { BatchResult } from '../task.ts';
import type { Progress } from '../totals.ts';
import { encodeSeries, type FieldSpec, type PointFormat } from './encode.ts';
import { BinCounts, Sketch } from './sketch.ts';
import { Stamps } from './stamps.ts';

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
const REWARD_ERROR = 0.01;
const BARS = 40;
const MIB = 1_048_576;

/** A point before it is encoded. */
interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number | string>>;
  readonly stampNs: string;
}

export interface TelemetryRun {
  readonly streamId: string;
  readonly createdAt: string;
  readonly cash: number;
  readonly fields: readonly string[];
  readonly fanSteps: readonly number[];
  readonly startMs: number;
  readonly intervalMs: number;
  /** Symbol and process, in config order. */
  readonly markets: readonly (readonly [string, string])[];
}

export interface TelemetryState {
  readonly status: string;
  readonly progress: Progress;
  readonly workers: readonly WorkerStatus[];
  readonly queueDepth: number;
  readonly waitingBytes: number;
}

const WHOLE: ReadonlySet<string> = new Set([
  ...['requested', 'episodes', 'failed', 'ruined', 'stopped', 'steps', 'events', 'retries', 'episode', 'queueDepth'],
  ...[
    'produced',
    'acknowledged',
    'spooled',
    'refused',
    'requests',
    'status',
    'step',
    'timeMs',
    'n',
    'bar',
    'count',
    'place',
  ],
]);

/** The ensemble while it grows, as points for people who watch. */
export class Telemetry {
  private readonly run: TelemetryRun;
  private readonly stamps: Stamps;
  private readonly returns: Sketch = new Sketch(FAN_ERROR);
  private readonly rewards: Sketch = new Sketch(REWARD_ERROR);
  private readonly fan: readonly BinCounts[];
  private readonly places = new Map<number, number>();
  private readonly encoders = new Map<string, ReturnType<typeof encodeSeries>>();
  private before: { readonly at: number; readonly byThread: ReadonlyMap<number, WorkerStatus> } | null = null;
  private previous: { readonly seconds: number; readonly episodes: number; readonly steps: number } | null = null;

  constructor(run: TelemetryRun) {
    this.run = run;
    this.stamps = new Stamps(run.createdAt, 0);
    this.fan = run.fanSteps.map(() => new BinCounts());
  }

  /** Takes up what earlier processes stored. */
  async recall(database: Database, runDir: string): Promise<void> {
    const episodes = tableFiles(runDir, 'episodes');
    if (episodes.length === 0) return;
    const known = `FROM ${parquetSource(episodes)} WHERE endReason <> 'failed'`;
    for (const [sketch, value] of [
      [this.returns, '(1 + totalReturn)'],
      [this.rewards, 'totalReward'],
    ] as const) {
      const sql = `SELECT CAST(${sketch.keyOf(value)} AS DOUBLE) AS k, CAST(count(*) AS DOUBLE) ${known} GROUP BY k`;
      for (const [key, count] of (await database.rows(sql)) as [number, number][]) sketch.addKey(key, count);
    }
    const fans = tableFiles(runDir, 'fan');
    if (fans.length === 0) return;
    const columns = ['point', 'bin', 'count'].map(asDouble).join(', ');
    const sql = `SELECT ${columns} FROM (SELECT point, bin, sum(count) AS count FROM ${parquetSource(fans)} GROUP BY 1, 2)`;
    for (const [point, bin, count] of (await database.rows(sql)) as [number, number, number][]) {
      this.fan[point]!.add(bin, count);
    }
  }

  /** Takes up a finished batch. */
  count({ records, fan }: BatchResult): void {
    const { fields } = this.run;
    const width = fields.length;
    const returnAt = fields.indexOf('totalReturn');
    const rewardAt = fields.indexOf('totalReward');
    for (let at = 0; at < records.length; at += width) {
      this.returns.add(1 + records[at + returnAt]!);
      this.rewards.add(records[at + rewardAt]!);
    }
    const [points, bins, counts] = fan as [Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < points.length; i++) this.fan[points[i]!]!.add(bins[i]!, counts[i]!);
  }

  /** The present state, encoded for an output of each format; `isWhole` adds fan and distributions. */
  render(state: TelemetryState, formats: readonly PointFormat[], isWhole: boolean): Map<PointFormat, string> {
    const nowMs = Date.now();
    const points = [this.ensemble(state, nowMs), ...this.workers(state, nowMs), ...this.sinks(state, nowMs)];
    if (isWhole)
      points.push(...this.markets(), ...this.fanPoints(), ...this.bars('totalReturn'), ...this.bars('totalReward'));
    return new Map(formats.map((format) => [format, points.map((point) => this.encode(point, format)).join('')]));
  }

  private encode({ measurement, tags, fields, stampNs }: Point, format: PointFormat): string {
    const names = Object.keys(fields);
    const key = [format, measurement, ...Object.values(tags), names.length].join('\0');
    let encode = this.encoders.get(key);
    if (encode === undefined) {
      const specs = Object.entries(fields).map(([name, value]): FieldSpec => {
        if (typeof value === 'string') return { name, kind: 'text' };
        return { name, kind: WHOLE.has(name) ? 'integer' : 'float' };
      });
      encode = encodeSeries(format, measurement, { run: this.run.streamId, ...tags }, specs);
      this.encoders.set(key, encode);
    }
    return encode(Object.values(fields), stampNs);
  }

  private ensemble({ status, progress }: TelemetryState, nowMs: number): Point {
    const { episodes, requested, failed, ruined, stopped, steps, events, retries, seconds } = progress;
    const { meanReturn, meanReward, episodesHere, stepsHere } = progress;
    // Since the last point; of a run that is over, since its start.
    const isOver = status !== 'running' && status !== 'paused';
    const since = isOver || this.previous === null ? { seconds: 0, episodes: 0, steps: 0 } : this.previous;
    const elapsed = seconds - since.seconds || Number.NaN;
    const episodesPerSecond = (episodesHere - since.episodes) / elapsed;
    const stepsPerSecond = (stepsHere - since.steps) / elapsed;
    this.previous = { seconds, episodes: episodesHere, steps: stepsHere };
    const overall = seconds > 0 ? episodesHere / seconds : 0;
    const quantiles = (name: string, at: (q: number) => number): [string, number][] =>
      QUANTILES.map((q) => [`${name}_${quantileName(q)}`, at(q)]);
    return {
      measurement: 'ensemble',
      tags: {},
      stampNs: Stamps.wall(nowMs),
      fields: {
        status,
        ...{ requested, episodes, failed, ruined, stopped, steps, events, retries },
        probabilityOfRuin: episodes > failed ? ruined / (episodes - failed) : Number.NaN,
        elapsedSeconds: seconds,
        etaSeconds: overall > 0 ? (requested - episodes) / overall : Number.NaN,
        ...{ episodesPerSecond, stepsPerSecond, meanReturn, meanReward },
        ...Object.fromEntries(quantiles('totalReturn', (q) => this.returns.quantile(q) - 1)),
        ...Object.fromEntries(quantiles('totalReward', (q) => this.rewards.quantile(q))),
      },
    };
  }

  private workers({ workers, queueDepth, waitingBytes }: TelemetryState, nowMs: number): Point[] {
    const at = performance.now();
    const elapsed = this.before === null ? Number.NaN : (at - this.before.at) / 1_000;
    const stampNs = Stamps.wall(nowMs);
    const points = workers.map((worker): Point => {
      const earlier = this.before?.byThread.get(worker.threadId);
      const { episode, episodes, steps, heapUsedMb: heapMb, externalMb } = worker;
      const episodesPerSecond = earlier === undefined ? Number.NaN : (episodes - earlier.episodes) / elapsed;
      const stepsPerSecond = earlier === undefined ? Number.NaN : (steps - earlier.steps) / elapsed;
      return {
        measurement: 'workers',
        tags: { worker: String(this.placeOf(worker.threadId, workers)) },
        stampNs,
        fields: {
          episode: episode < 0 ? Number.NaN : episode,
          episodes,
          steps,
          episodesPerSecond,
          stepsPerSecond,
          heapMb,
          externalMb,
        },
      };
    });
    this.before = { at, byThread: new Map(workers.map((worker) => [worker.threadId, worker])) };
    const fields = { rssMb: process.memoryUsage.rss() / MIB, queueDepth, waitingMb: waitingBytes / MIB };
    return [...points, { measurement: 'workers', tags: { worker: 'coordinator' }, stampNs, fields }];
  }

  /** A thread that took over from a dead one takes its number, so that there are no more series than workers. */
  private placeOf(threadId: number, workers: readonly WorkerStatus[]): number {
    const known = this.places.get(threadId);
    if (known !== undefined) return known;
    const alive = new Set(workers.map((worker) => worker.threadId));
    for (const thread of [...this.places.keys()]) if (!alive.has(thread)) this.places.delete(thread);
    const taken = new Set(this.places.values());
    let place = 0;
    while (taken.has(place)) place++;
    this.places.set(threadId, place);
    return place;
  }

  private sinks({ progress: { outputs } }: TelemetryState, nowMs: number): Point[] {
    return outputs.map(
      ({ output, produced, acknowledged, spooled, refused, status, limitMb, spooledBytes, delivery }) => ({
        measurement: 'sinks',
        tags: { output },
        stampNs: Stamps.wall(nowMs),
        fields: {
          state: status,
          ...{ produced, acknowledged, spooled, refused },
          requests: delivery?.requests ?? 0,
          retries: delivery?.retries ?? 0,
          spoolMb: spooledBytes / MIB,
          spoolLimitMb: limitMb,
          status: delivery?.httpStatus ?? 0,
        },
      }),
    );
  }

  private markets(): Point[] {
    return this.run.markets.map(([symbol, process], place) => {
      const stampNs = this.stamps.at(place, 0);
      return { measurement: 'markets', tags: { symbol }, stampNs, fields: { process, place } };
    });
  }

  private fanPoints(): Point[] {
    const { fanSteps, cash, startMs, intervalMs } = this.run;
    return this.fan.flatMap((counts, i) => {
      if (counts.n === 0) return [];
      const step = fanSteps[i]!;
      const quantiles = QUANTILES.map((q) => [quantileName(q), cash * fanValue(counts.quantile(q))] as const);
      const fields = { step, timeMs: startMs + step * intervalMs, n: counts.n, ...Object.fromEntries(quantiles) };
      return [{ measurement: 'fan', tags: {}, stampNs: this.stamps.at(i, 0), fields }];
    });
  }

  /** Always the same number of bars, so that each rewrites its own; the outer two hold what lies beyond the 0.5 % tails. */
  private bars(metric: 'totalReturn' | 'totalReward'): Point[] {
    const sketch = metric === 'totalReturn' ? this.returns : this.rewards;
    const shift = metric === 'totalReturn' ? -1 : 0;
    if (sketch.n === 0) return [];
    const from = sketch.quantile(0.005) + shift;
    const to = sketch.quantile(0.995) + shift;
    const width = (to - from) / BARS || Math.abs(from) * 0.001 || 0.001;
    const counts = new Float64Array(BARS);
    const barOf = (value: number): number => Math.min(Math.max((value + shift - from) / width, 0), BARS - 1e-9);
    sketch.each((low, high, count) => spread(counts, barOf(low), barOf(high), count));
    return [...counts].map((weight, bar) => {
      const low = from + bar * width;
      const share = weight / sketch.n;
      const fields = { bar, count: Math.round(weight), low, mid: low + width / 2, high: low + width, share };
      return { measurement: 'distribution', tags: { metric }, stampNs: this.stamps.at(bar, 0), fields };
    });
  }
}

/** Adds a count to the bars between two places, to each by what it has of the way. */
function spread(bars: Float64Array, from: number, to: number, count: number): void {
  const first = Math.floor(from);
  if (Math.floor(to) === first) {
    bars[first]! += count;
    return;
  }
  for (let bar = first; bar <= to; bar++) {
    bars[bar]! += (count * (Math.min(to, bar + 1) - Math.max(from, bar))) / (to - from);
  }
}

function quantileName(q: number): string {
  return `q${String(Math.round(q * 100)).padStart(2, '0')}`;
}
