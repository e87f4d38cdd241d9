import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Manifest,
  replayEpisode,
  resumeEnsemble,
  runEnsemble,
  startEnsemble,
  type TraceLine,
} from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { parseLine } from './outputs/line-protocol.ts';
import { chosen, configWith, ergodic, failureCodes, folderWith, rowsOf, strategyText } from './support.ts';

const GBM = { process: 'gbm', price: 30_000, drift: 0.1, volatility: 0.8 };
const MARKETS = {
  'BTC/USDT': GBM,
  'BRK.B': { process: 'ou', price: 100, longRunMean: 100, meanReversionSpeed: 9, volatility: 30 },
};
const TWELVE = {
  'markets.BTC/USDT.volatility': { uniform: [0.3, 1.2] },
  'markets.BTC/USDT.price': { logUniform: [1_000, 100_000] },
  'markets.BTC/USDT.drift': { normal: { mean: 0, deviation: 0.3 } },
  'markets["BRK.B"].volatility': { normal: { mean: 30, deviation: 20, min: 0 } },
  'markets["BRK.B"].candles': { choice: [true, { substeps: 2, volume: { level: 10 } }] },
  'execution.fees.taker': { uniform: [0, 0.002] },
  'execution.slippage.bps': { uniform: [0, 10] },
  'execution.latency': { uniform: ['0ms', '90m'] },
  'strategy.fast': { integer: [2, 6] },
  'strategy.slow': { choice: [7, 11, 30], weights: [1, 2, 1] },
  'portfolio.cash': { choice: [5_000, 10_000, 20_000] },
  steps: { integer: [50, 300] },
};
const RANDOM = configWith({
  markets: MARKETS,
  portfolio: { sizing: { targetWeight: 0.4 } },
  episodes: 200,
  steps: 100,
  randomize: TWELVE,
});

const manifestOf = (dir: string): Manifest => JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8'));

async function keyOf(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const dir = folderWith();
  const config = configWith({ episodes: 2, steps: 5, ...changes });
  return (await runEnsemble(config, { dir: join(dir, 'run'), workers: 1 })).marketKey;
}

describe('an ensemble with twelve drawn values', () => {
  it('has one digest with 1 and 2 workers, interrupted or not, and can be replayed', async () => {
    const dir = folderWith();
    const one = await runEnsemble(RANDOM, { dir: join(dir, 'one'), workers: 1 });
    expect(one).toMatchObject({ status: 'completed', reproducible: true, mismatches: [], episodes: { failed: 0 } });
    expect(one.metrics['draw_markets.BTC/USDT.volatility']!.n).toBe(200);
    const two = await runEnsemble(RANDOM, { dir: join(dir, 'two'), workers: 2 });
    expect(two.digest).toBe(one.digest);
    expect(two.metrics).toEqual(one.metrics);
    const broken = join(dir, 'broken');
    const long = { ...RANDOM, episodes: 600 };
    let summary = await (await startEnsemble(long, { dir: broken, workers: 2, signal: AbortSignal.timeout(200) })).done;
    expect(summary.status).toBe('interrupted');
    summary = await (await resumeEnsemble(broken, { workers: 1 })).done;
    expect(summary.status).toBe('completed');
    expect(summary.digest).toBe((await runEnsemble(long, { dir: join(dir, 'long'), workers: 2 })).digest);
    for (const episode of [0, 7, 199]) {
      const lines: TraceLine[] = [];
      const { record, differences, failure } = await replayEpisode(join(dir, 'one'), episode, (line) =>
        lines.push(line),
      );
      expect(failure).toBeNull();
      expect(differences).toEqual([]);
      expect(lines[0]).toMatchObject({ type: 'DRAWS', step: 0 });
      const draws = lines[0]!.draws as Record<string, unknown>;
      expect(Object.keys(draws)).toEqual(Object.keys(TWELVE));
      expect(draws['strategy.fast']).toBe(record['draw_strategy.fast']);
      expect(draws['execution.latency']).toBe(`${record['draw_execution.latency']}ms`);
      const choice = TWELVE['markets["BRK.B"].candles'].choice[record['draw_markets["BRK.B"].candles']!];
      expect(draws['markets["BRK.B"].candles']).toMatchObject(choice as object);
      expect(record.steps).toBe(record.draw_steps);
    }
  }, 120_000);

  it('has a column for each, which tables, exports and points all name the same', async () => {
    const dir = folderWith();
    const run = join(dir, 'run');
    const config = {
      ...RANDOM,
      episodes: 20,
      outputs: { file: { format: 'line-protocol', path: join(dir, 'points.lp') } },
    };
    await runEnsemble(config, { dir: run, workers: 1 });
    const columns = Object.keys(TWELVE).map((path) => `draw_${path}`);
    const { layout } = manifestOf(run);
    expect(layout.fields.slice(-12)).toEqual(columns);
    expect(layout.steps).toBe(300);
    const quoted = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
    const rows = await rowsOf(run, 'episodes', quoted, 'ORDER BY episode');
    for (const [volatility] of rows as number[][]) {
      expect(volatility).toBeGreaterThanOrEqual(0.3);
      expect(volatility).toBeLessThanOrEqual(1.2);
    }
    const csv = await ergodic(['export', run, '--table', 'episodes', '--format', 'csv'], dir);
    const [header, first] = csv.stdout.split('\n');
    expect(header).toContain('draw_markets.BTC/USDT.volatility,');
    expect(header).toContain('"draw_markets[""BRK.B""].volatility",');
    expect(Number(first!.split(',').at(-1))).toBe(rows[0]!.at(-1));
    const points = readFileSync(join(dir, 'points.lp'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('episodes,'));
    expect(points.length).toBe(20);
    const fields = parseLine(points[0]!).fields;
    for (const [i, name] of columns.entries()) expect(fields.get(name)?.value).toBe(rows[0]![i]);
    const shown = await ergodic(['replay', run, '--episode', '3'], dir);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/^Drawn for this episode\n {2}markets\.BTC\/USDT\.volatility +[\d.]+\n/);
    const report = await ergodic(['report', run], dir);
    expect(report.code).toBe(0);
  });
});

describe('a failed episode', () => {
  it('keeps its draws, which explain it', async () => {
    const dir = folderWith();
    const randomize = { 'strategy.fast': { integer: [2, 10] }, 'strategy.slow': { integer: [5, 12] } };
    const config = configWith({ episodes: 200, steps: 30, randomize });
    const [one, two] = [join(dir, 'one'), join(dir, 'two')];
    const summary = await runEnsemble(config, { dir: one, workers: 1 });
    expect((await runEnsemble(config, { dir: two, workers: 2 })).digest).toBe(summary.digest);
    const codes = await failureCodes(one);
    expect(Object.keys(codes)).toEqual(['DRAW_INVALID']);
    const select = '"draw_strategy.fast", "draw_strategy.slow", endReason, totalReturn';
    const rows = (await rowsOf(one, 'episodes', select)) as [number, number, string, number | null][];
    expect(rows.filter(([fast, slow]) => fast >= slow).length).toBe(codes.DRAW_INVALID);
    for (const [fast, slow, reason, totalReturn] of rows) {
      expect(reason).toBe(fast < slow ? 'completed' : 'failed');
      expect(totalReturn === null).toBe(fast >= slow);
    }
    const { episode, message } = summary.failures[0]!;
    expect(message).toMatch(/^strategy: fast must be smaller than slow, got \d+ and \d+; drawn: strategy\.fast \d+/);
    expect(summary.metrics.totalReturn!.failuresAsWorst).toBeDefined();
    const drawn = summary.metrics['draw_strategy.fast']!;
    expect(drawn.n).toBe(200 - codes.DRAW_INVALID!);
    expect(drawn.failuresAsWorst).toBeUndefined();
    const replayed = await ergodic(['replay', one, '--episode', String(episode)], dir);
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toMatch(/Drawn for this episode\n {2}strategy\.fast +\d+\n {2}strategy\.slow +\d+\n/);
    expect(replayed.stdout).toContain('DRAW_INVALID: strategy: fast must be smaller');
    expect(replayed.stdout).toContain('Agrees with the stored record.');
  });

  it('keeps them as well when it ended its worker', async () => {
    const dir = folderWith({ 'own.mjs': strategyText(`if (${chosen(8)}) process.exit(1);`) });
    const config = configWith({
      strategy: { use: join(dir, 'own.mjs') },
      episodes: 16,
      randomize: { 'portfolio.cash': { uniform: [1_000, 2_000] } },
    });
    const one = await runEnsemble(config, { dir: join(dir, 'one'), workers: 1 });
    const two = await runEnsemble(config, { dir: join(dir, 'two'), workers: 2 });
    expect(two.digest).toBe(one.digest);
    const rows = await rowsOf(
      join(dir, 'one'),
      'episodes',
      '"draw_portfolio.cash"',
      "WHERE failureCode = 'WORKER_EXIT'",
    );
    expect(rows.length).toBe(1);
    expect(rows[0]![0]).toBeGreaterThanOrEqual(1_000);
  });
});

describe('streams of an episode with drawn cash', () => {
  it('begin with it', async () => {
    const dir = folderWith();
    const run = join(dir, 'run');
    const randomize = { 'portfolio.cash': { choice: [5_000, 20_000] } };
    await runEnsemble(configWith({ episodes: 8, record: { episodes: 8 }, randomize }), { dir: run, workers: 1 });
    const cash = await rowsOf(run, 'equity', 'cash, equity', 'WHERE step = 0 ORDER BY episode');
    const drawn = await rowsOf(run, 'episodes', '"draw_portfolio.cash"', 'ORDER BY episode');
    expect(cash).toEqual(drawn.map(([value]) => [value, value]));
    expect(new Set(drawn.flat())).toEqual(new Set([5_000, 20_000]));
    // The fan is of multiples of the initial equity: bin 0 for all at the first point.
    const [fan] = await rowsOf(run, 'fan', 'CAST(min(bin) AS INT), CAST(max(bin) AS INT)', 'WHERE point = 0');
    expect(fan).toEqual([0, 0]);
  });
});

describe('the market key', () => {
  it('follows from draws of markets and steps, from correlation and pairs, and from nothing else', async () => {
    const markets = { A: GBM, B: GBM };
    const volatility = { 'markets.A.volatility': { uniform: [0.3, 1.2] } };
    const price = { 'markets["B"].price': { uniform: [1, 2] } };
    const strategy = { 'strategy.fast': { integer: [1, 4] } };
    const plain = await keyOf({ markets });
    expect(await keyOf({ markets, randomize: strategy, antithetic: false })).toBe(plain);
    const random = await keyOf({ markets, randomize: { ...volatility, ...price } });
    expect(await keyOf({ markets, randomize: { ...price, ...strategy, ...volatility } })).toBe(random);
    const correlation = {
      symbols: ['A', 'B'],
      matrix: [
        [1, 0.5],
        [0.5, 1],
      ],
    };
    const others = await Promise.all(
      [
        { randomize: volatility },
        { randomize: { 'markets.A.volatility': { uniform: [0.3, 1.3] } } },
        { randomize: { steps: { integer: [1, 5] } } },
        { antithetic: true },
        { correlation },
      ].map((changes) => keyOf({ markets, ...changes })),
    );
    expect(new Set([plain, random, ...others]).size).toBe(7);
  });
});

describe('antithetic pairs', () => {
  it('give the mean an interval of pair means, and leave n the number of episodes', async () => {
    const dir = folderWith();
    const config = configWith({ strategy: { use: 'buy-and-hold' }, episodes: 201, steps: 100, execution: {} });
    const plain = await runEnsemble(config, { dir: join(dir, 'plain'), workers: 1 });
    const run = join(dir, 'pairs');
    const pairs = await runEnsemble({ ...config, antithetic: true }, { dir: run, workers: 2 });
    const width = ({ ci95: [low, high] }: { ci95: readonly [number | null, number | null] }): number => high! - low!;
    const { totalReturn } = pairs.metrics;
    expect(totalReturn!.n).toBe(201);
    expect(width(totalReturn!)).toBeLessThan(width(plain.metrics.totalReturn!) / 4);
    const values = ((await rowsOf(run, 'episodes', 'totalReturn', 'ORDER BY episode')) as number[][]).flat();
    const mean = values.reduce((sum, value) => sum + value, 0) / 201;
    expect(totalReturn!.mean).toBeCloseTo(mean, 12);
    // Residuals of the pairs' sums, the last episode alone; Student's quantile at 100 degrees of freedom.
    let square = 0;
    for (let i = 0; i < 201; i += 2) {
      const residual = values[i]! - mean + (i + 1 < 201 ? values[i + 1]! - mean : 0);
      square += residual * residual;
    }
    const half = 1.98397 * (Math.sqrt(square / 100 / 101) / (201 / 101));
    expect((totalReturn!.ci95[1]! - totalReturn!.ci95[0]!) / 2 / half).toBeCloseTo(1, 4);
  });
});
