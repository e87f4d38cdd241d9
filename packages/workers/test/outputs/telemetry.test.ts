import { describe, expect, test } from 'vitest';
import type { WorkerStatus } from '../../src/control.ts';
import { Telemetry, type TelemetryState } from '../../src/outputs/telemetry.ts';
import type { BatchResult } from '../../src/task.ts';
import { parseLine } from './line-protocol.ts';
import { generator } from './spool-model.ts';

const RUN = {
  streamId: 'a run, with = signs',
  createdAt: '2026-01-01T00:00:00.000Z',
  cash: 1_000,
  fields: ['totalReturn', 'totalReward'],
  fanSteps: [0, 50, 100],
  startMs: 0,
  intervalMs: 1_000,
  markets: [['A', 'gbm']] as const,
};

function worker(threadId: number, episodes = 5): WorkerStatus {
  return { threadId, episode: 3, isPaused: false, episodes, steps: 100, events: 300, heapUsedMb: 8.5, externalMb: 1 };
}

function stateWith(changes: Partial<TelemetryState> = {}): TelemetryState {
  const progress = {
    ...{ episodes: 10, requested: 20, failed: 1, ruined: 2, stopped: 0, steps: 100, events: 300, seconds: 2 },
    ...{ episodesHere: 10, stepsHere: 100, meanReturn: Number.NaN, meanReward: 0.5, retries: 0, outputs: [] },
  };
  return { status: 'running', progress, workers: [worker(1)], queueDepth: 1, waitingBytes: 0, outputs: [], ...changes };
}

const points = (telemetry: Telemetry, state = stateWith()) =>
  telemetry
    .render(state, ['line-protocol'], true)
    .get('line-protocol')!
    .split('\n')
    .slice(0, -1)
    .map((line) => parseLine(line));

const value = (point: ReturnType<typeof parseLine> | undefined, field: string) => point?.fields.get(field)?.value;

/** A batch of episodes with these returns, of which only the figures matter. */
function batchOf(returns: readonly number[]): BatchResult {
  const records = Float64Array.from(returns.flatMap((one) => [one, 10 * one]));
  const fan = [Float64Array.of(0, 1, 2), Float64Array.of(0, 3, -4), Float64Array.of(1, 1, 1).fill(returns.length)];
  return { records, fan } as unknown as BatchResult;
}

describe('telemetry', () => {
  test('has quantiles of all episodes so far within its error, and bars that hold them all', () => {
    const random = generator(5);
    const returns = Array.from({ length: 1_000 }, () => random() - 0.4);
    const telemetry = new Telemetry(RUN);
    for (let i = 0; i < 1_000; i += 100) telemetry.count(batchOf(returns.slice(i, i + 100)));
    const all = points(telemetry);
    const ensemble = all.find(({ measurement }) => measurement === 'ensemble');
    const sorted = [...returns].sort((a, b) => a - b);
    for (const [name, rank] of [
      ['q05', 50],
      ['q25', 250],
      ['q50', 500],
      ['q75', 750],
      ['q95', 950],
    ] as const) {
      const right = sorted[rank - 1]!;
      expect(Math.abs((value(ensemble, `totalReturn_${name}`) as number) - right)).toBeLessThan(0.0026 * (1 + right));
      const reward = value(ensemble, `totalReward_${name}`) as number;
      expect(Math.abs(reward - 10 * right)).toBeLessThan(0.0101 * Math.abs(10 * right) + 1e-9);
    }
    for (const metric of ['totalReturn', 'totalReward']) {
      const bars = all.filter(
        ({ measurement, tags }) => measurement === 'distribution' && tags.get('metric') === metric,
      );
      expect(bars).toHaveLength(40);
      const sum = (name: string): number => bars.reduce((all, bar) => all + (value(bar, name) as number), 0);
      expect(sum('share')).toBeCloseTo(1, 9);
      expect(Math.abs(sum('count') - 1_000)).toBeLessThan(20);
      for (const [i, bar] of bars.slice(1).entries())
        expect(value(bar, 'low')).toBeCloseTo(value(bars[i], 'high') as number);
    }
    const fan = all.filter(({ measurement }) => measurement === 'fan');
    expect(fan.map((point) => value(point, 'step'))).toEqual([0, 50, 100]);
    expect(value(fan[0], 'q50')).toBe(1_000);
    expect(fan.map((point) => value(point, 'n'))).toEqual([1_000, 1_000, 1_000]);
  });

  test('has as many bars where all episodes are alike, and none before the first', () => {
    const telemetry = new Telemetry(RUN);
    const first = points(telemetry).map(({ measurement }) => measurement);
    expect(first.filter((name) => name !== 'markets')).toEqual(['ensemble', 'workers', 'workers']);
    telemetry.count(batchOf([0.25, 0.25]));
    const bars = points(telemetry).filter(({ measurement }) => measurement === 'distribution');
    expect(bars).toHaveLength(80);
    for (const bar of bars) for (const { value } of bar.fields.values()) expect(value).not.toBeNaN();
  });

  test('rewrites fan and bars in place, and makes no more series than workers, however many threads die', () => {
    const telemetry = new Telemetry(RUN);
    telemetry.count(batchOf([0.1, -0.2, 0.3]));
    const seen = new Set<string>();
    const stamps = new Set<string>();
    for (let i = 0; i < 50; i++) {
      for (const point of points(telemetry, stateWith({ workers: [worker(i), worker(i + 1)] }))) {
        if (point.measurement !== 'markets') seen.add(JSON.stringify([point.measurement, ...point.tags]));
        if (['fan', 'distribution'].includes(point.measurement)) stamps.add(`${point.measurement} ${point.stamp}`);
      }
    }
    expect(seen.size).toBe(1 + 3 + 1 + 2);
    expect(stamps.size).toBe(3 + 40);
  });

  test('says the same in both formats', () => {
    const telemetry = new Telemetry(RUN);
    telemetry.count(batchOf([0.1, -0.2, 0.3]));
    const texts = telemetry.render(stateWith(), ['line-protocol', 'ndjson'], true);
    const lines = texts
      .get('line-protocol')!
      .split('\n')
      .slice(0, -1)
      .map((line) => parseLine(line));
    const objects = texts
      .get('ndjson')!
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(objects).toEqual(
      lines.map(({ measurement, tags, fields, stamp }) => ({
        ...{ measurement, tags: Object.fromEntries(tags), time: stamp },
        fields: Object.fromEntries([...fields].map(([name, { value }]) => [name, value])),
      })),
    );
  });

  test('stamps what is of the moment with the wall clock', () => {
    const before = Date.now();
    const point = points(new Telemetry(RUN)).find(({ measurement }) => measurement === 'ensemble')!;
    expect(Number(BigInt(point.stamp) / 1_000_000n)).toBeGreaterThanOrEqual(before);
    expect(point.tags.get('run')).toBe(RUN.streamId);
    expect([value(point, 'status'), value(point, 'probabilityOfRuin'), value(point, 'meanReturn')]).toEqual([
      'running',
      2 / 9,
      undefined,
    ]);
  });
});
