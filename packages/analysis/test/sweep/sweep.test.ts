import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { describe, expect, test } from 'vitest';
import {
  createSweep,
  openSweep,
  runSweep,
  type SweepOptions,
  type SweepPlan,
  type SweepSummary,
} from '../../src/index.ts';
import { candlesText, dataOf, dataWith, folderWith, listOf, planOf } from './support.ts';

const WINDOWS = [listOf('fast', 2, 3, 5), listOf('slow', 5, 13)];

async function sweepOf(plan: SweepPlan, dir: string, options: Partial<SweepOptions> = {}): Promise<SweepSummary> {
  const sweep = await createSweep(plan, dir);
  return (await runSweep(sweep, { workers: 2, ledgerDir: join(dir, 'runs'), ...options }))!;
}

/** What does not depend on the machine. */
function resultOf({ timing: _, dir: __, id: ___, ...result }: SweepSummary): unknown {
  return result;
}

describe('a sweep', () => {
  test('gives each trial the digest of a run of its config, with any number of workers', async () => {
    const home = folderWith();
    // 3,000 steps an episode cut an ensemble into several batches.
    const data = dataWith({ episodes: 80, steps: 3_000, execution: { fees: { taker: 0.001 } } });
    const plan = planOf(data, [listOf('fast', 3, 5)]);
    const one = await sweepOf(plan, join(home, 'one'), { workers: 1 });
    const three = await sweepOf(plan, join(home, 'three'), { workers: 3 });
    expect(resultOf(three)).toEqual(resultOf(one));
    const runs = [data, dataOf(data, plan.parameters, [5])];
    const digests = await Promise.all(
      runs.map(async (config, i) => (await runEnsemble(config, { dir: join(home, `run-${i}`), workers: 1 })).digest),
    );
    expect([one.benchmark.digest, ...one.trials.map(({ digest }) => digest)]).toEqual([
      digests[0],
      digests[0],
      digests[1],
    ]);
  });

  test('runs the chosen trial again on fresh paths, as a run with that seed does', async () => {
    const home = folderWith();
    const data = dataWith();
    const plan = planOf(data, WINDOWS);
    const { fresh, selection, reproducible, trials } = await sweepOf(plan, join(home, 'sweep'));
    expect(reproducible).toBe(true);
    expect(fresh).toMatchObject({ seed: 'sweep/holdout', trial: selection.best });
    const values = Object.values(trials[selection.best! - 1]!.values);
    const run = await runEnsemble({ ...dataOf(data, WINDOWS, values), seed: fresh!.seed }, { dir: join(home, 'run') });
    expect(fresh!.digest).toBe(run.digest);
    expect(fresh!.metric.value).toBeCloseTo(run.metrics.totalReturn!.mean!, 12);
  });

  test('counts combinations that do not go together, and leaves them out', async () => {
    const parameters = [listOf('fast', 2, 8), listOf('slow', 5, 13)];
    const { refused, trials } = await sweepOf(planOf(dataWith(), parameters), join(folderWith(), 's'));
    expect(trials.map(({ values }) => Object.values(values))).toEqual([
      [2, 5],
      [2, 13],
      [8, 13],
    ]);
    const rule = 'strategy: fast must be smaller than slow, got 8 and 5';
    expect(refused).toEqual({ count: 1, reasons: [{ rule, count: 1, example: 'fast 8, slow 5' }] });
  });

  test('finds a rule with skill', async () => {
    const text = `export default {
      name: 'lucky', parameters: { gain: { type: 'number', default: 0 } },
      create({ gain }) {
        // It buys where a drift was planted for those that wait for it.
        return { onMarket(market, context) { if (market.step === 1 && gain > 0) context.signal('LONG'); } };
      },
    };`;
    const home = folderWith({ 'lucky.mjs': text });
    const data = dataWith({
      episodes: 200,
      markets: { X: { process: 'gbm', price: 1, drift: 30, volatility: 0.4 } },
      strategy: { use: join(home, 'lucky.mjs') },
    });
    const { selection } = await sweepOf(planOf(data, [listOf('gain', 0, 1)]), join(home, 's'));
    expect(selection).toMatchObject({ better: [2], best: 2, confirmed: true });
    expect(selection.sentence).toContain('1 of 2 rules is better than the config as it stands');
    expect(selection.sentence).toContain('better on fresh paths too');
  });

  test('goes on after an interruption, and comes to the same', async () => {
    const home = folderWith();
    const plan = planOf(dataWith(), [listOf('fast', 2, 3, 4, 5, 6, 7), listOf('slow', 9, 11, 13, 17)]);
    const whole = await sweepOf(plan, join(home, 'whole'));
    const dir = join(home, 'broken');
    const stop = new AbortController();
    const stopped = await runSweep(await createSweep(plan, dir), {
      ...{ workers: 2, ledgerDir: home, signal: stop.signal },
      onProgress: ({ trials }) => {
        if (trials > 2) stop.abort();
      },
    });
    expect(stopped).toBeNull();
    expect(JSON.parse(readFileSync(join(dir, 'sweep.json'), 'utf8')).status).toBe('interrupted');
    const rest = await runSweep(await openSweep(dir, plan.configOf), { workers: 2, ledgerDir: home });
    expect(resultOf(rest!)).toEqual(resultOf(whole));
    // Of one that is completed there is nothing to run.
    const again = await runSweep(await openSweep(dir, plan.configOf), { workers: 2, ledgerDir: home });
    expect(resultOf(again!)).toEqual(resultOf(whole));
  });

  test('counts episodes that fail, and those that end their thread, and goes on', async () => {
    const text = `export default {
      name: 'fragile', parameters: { mode: { type: 'string', default: 'calm' } },
      create({ mode }) {
        return { onMarket(market) {
          if (market.step !== 3 || Math.floor(market.price * 1e6) % 8 !== 0) return;
          if (mode === 'throws') throw new Error('too much');
          if (mode === 'exits') process.exit(3);
        } };
      },
    };`;
    const home = folderWith({ 'fragile.mjs': text });
    const data = dataWith({ episodes: 24, strategy: { use: join(home, 'fragile.mjs') } });
    const plan = planOf(data, [listOf('mode', 'calm', 'throws', 'exits')]);
    const { trials, reproducible } = await sweepOf(plan, join(home, 's'));
    const [calm, throws, exits] = trials.map(({ episodes }) => episodes.failed);
    expect(calm).toBe(0);
    expect(throws).toBeGreaterThan(0);
    expect(exits).toBe(throws);
    expect(reproducible).toBe(true);
    const run = await runEnsemble(dataOf(data, plan.parameters, ['exits']), { dir: join(home, 'run') });
    expect(trials[2]!.digest).toBe(run.digest);
    expect(trials[1]!.digest).not.toBe(run.digest);
  });

  test('against doing nothing needs a mean above zero, and no config that stands', async () => {
    const data = dataWith({ strategy: { use: 'sma-cross', fast: 9, slow: 8 } });
    const plan = planOf(data, [listOf('fast', 2)], { benchmark: 'zero' });
    const { benchmark, trials } = await sweepOf(plan, join(folderWith(), 's'));
    expect(benchmark).toEqual({ name: 'zero', digest: null, metric: null });
    expect(trials[0]!.difference).toEqual(trials[0]!.metric);
  });
});

describe('what is wrong shows before anything runs', () => {
  async function errorOf(plan: SweepPlan): Promise<string> {
    const dir = join(folderWith(), 's');
    const message = await createSweep(plan, dir).then(
      () => 'none',
      (error: Error) => error.message,
    );
    expect(existsSync(dir)).toBe(false);
    return message;
  }

  test.each([
    [[listOf('fast', 2, 'two')], '--param strategy.fast: strategy.fast: must be a whole number, got "two"'],
    [[listOf('fsat', 2)], '--param strategy.fsat: strategy.fsat: is not a known key, got 2; did you mean fast?'],
    [
      [listOf('fast', 9, 10)],
      'none of 2 candidates can be run: strategy: fast must be smaller than slow, got 9 and 8 (2',
    ],
    [[], 'a sweep needs a parameter'],
    [[listOf('fast', 2), listOf('fast', 3)], '--param strategy.fast: --param strategy.fast is there already'],
  ])('%#', async (parameters, message) => {
    expect(await errorOf(planOf(dataWith(), parameters))).toContain(message);
  });

  test('a metric that there is not', async () => {
    const plan = planOf(dataWith(), WINDOWS, { metric: 'sharp' });
    expect(await errorOf(plan)).toContain('--metric sharp: must be a column of the episodes; did you mean sharpe?');
  });

  test.each(['markets', 'steps', 'seed', 'episodes'])('a parameter that changes the paths: %s', async (root) => {
    const parameter = { path: [root], values: { kind: 'list', values: [1] }, label: `--param ${root}=1` } as const;
    expect(await errorOf(planOf(dataWith(), [parameter]))).toContain(
      `--param ${root}=1: all trials run on the same paths`,
    );
  });

  test('a draw of the market', async () => {
    const path = ['randomize', 'markets.BTC/USDT.volatility', 'value'];
    const draws = dataWith({ randomize: { 'markets.BTC/USDT.volatility': { uniform: [0.3, 0.9] } } });
    const parameter = { path, values: { kind: 'list', values: [[0.1, 0.2]] }, label: '--param randomize' } as const;
    const plan = planOf(draws, [parameter], {
      configOf: async () =>
        planOf({ ...draws, randomize: { 'markets.BTC/USDT.volatility': { uniform: [0.1, 0.2] } } }, []).config,
    });
    expect(await errorOf(plan)).toContain('changes the price paths, which all trials must share');
  });

  test('a strategy that changed since the sweep was made', async () => {
    const text = `export default { name: 'own', parameters: { x: { type: 'number', default: 1 } }, create: () => ({}) };`;
    const home = folderWith({ 'own.mjs': text });
    const plan = planOf(dataWith({ strategy: { use: join(home, 'own.mjs') } }), [listOf('x', 1, 2)]);
    await createSweep(plan, join(home, 's'));
    writeFileSync(join(home, 'own.mjs'), `${text}\n// changed\nconsole.log(1);`);
    await expect(openSweep(join(home, 's'), plan.configOf)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });
});

describe('a sweep over one history', () => {
  test('runs one episode a trial, notes each in the ledger, and deflates the best', async () => {
    const home = folderWith({ 'days.csv': candlesText(400) });
    const markets = { X: { process: 'replay', file: join(home, 'days.csv') } };
    const data = dataWith({ markets, steps: undefined, episodes: 500 });
    const { episodes, history, fresh, trials, selection } = await sweepOf(planOf(data, WINDOWS), join(home, 's'));
    expect([episodes, fresh, selection.better]).toEqual([1, null, []]);
    const lines = readFileSync(join(home, 's/runs/ledger.ndjson'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(trials.length + 1);
    const { verdict, overfitting, sentence } = history!;
    // The benchmark, 3 and 8, is none of the candidates.
    expect(verdict.trials).toBe(trials.length + 1);
    expect(verdict.deflatedSharpe).toBeLessThan(verdict.probabilisticSharpe);
    expect(overfitting).toMatchObject({ trials: trials.length, splits: 12_870 });
    expect(sentence).toContain('The best of 6 rules tried on this history earns');
    const run = await runEnsemble({ ...data, episodes: 1 }, { dir: join(home, 'run') });
    const noted = lines.map((line) => JSON.parse(line)).find(({ trial }) => trial === 0);
    expect(noted.digest).toBe(run.digest);
    expect(noted.sharpe * Math.sqrt(365)).toBeCloseTo(run.metrics.sharpe!.mean!, 10);
  });
});
