import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CandidateComparison, PARTS } from '../../src/index.ts';
import { columnsOf, compared, editManifest, moody, runWith } from './runs.ts';

let base = '';
let cheap = '';
beforeAll(async () => {
  base = await runWith('base');
  cheap = await runWith('cheap', { execution: { fees: { taker: 0.0005 }, slippage: { bps: 5 } } });
});

async function only(dirs: readonly string[], options = {}): Promise<CandidateComparison> {
  const { candidates } = await compared(dirs, options);
  return candidates[0]!;
}

describe('compareRuns', () => {
  it('pairs episode by episode', async () => {
    const [[a], [b]] = [await columnsOf(base, ['totalReturn']), await columnsOf(cheap, ['totalReturn'])];
    const { metrics, episodes, changes, run } = await only([base, cheap]);
    const differences = a!.map((x, i) => b![i]! - x);
    expect(metrics[0]!.mean.difference.value).toBeCloseTo(differences.reduce((sum, x) => sum + x, 0) / 80, 14);
    expect(metrics[0]!.improvement.value).toBe(
      differences.filter((x) => x > 0).length / 80 + differences.filter((x) => x === 0).length / 160,
    );
    expect(metrics[0]).toMatchObject({ column: 'totalReturn', verdict: 'better', n: [80, 80] });
    expect(episodes).toEqual({ a: 80, b: 80, failedInA: 0, failedInB: 0, failedPairs: 0 });
    expect(changes).toEqual([{ path: ['execution', 'fees', 'taker'], a: 0.001, b: 0.0005 }]);
    expect(run).toMatchObject({ label: 'B', dir: cheap });
  });

  it('says so where two runs did the same', async () => {
    const again = await runWith('again');
    const { metrics, changes, ruin, attribution } = await only([base, again]);
    expect(metrics[0]!.verdict).toBe('identical');
    expect(changes).toEqual([]);
    expect(ruin.difference.value).toBe(0);
    expect(attribution!.every(({ difference }) => difference.value === 0)).toBe(true);
  });

  it('compares as many episodes as the shorter run has', async () => {
    const short = await runWith('short', { episodes: 30, strategy: { use: 'sma-cross', fast: 4, slow: 8 } });
    const first = await only([base, short]);
    const second = await only([short, base]);
    expect(first.episodes).toMatchObject({ a: 30, b: 30 });
    expect(first.metrics[0]!.n).toEqual([30, 30]);
    expect(second.metrics[0]!.mean.difference.value).toBeCloseTo(-first.metrics[0]!.mean.difference.value, 14);
  });

  it('leaves out and counts pairs with a failure', async () => {
    const failing = await runWith('failing', {}, moody(0.3));
    const [[a], [b]] = [await columnsOf(base, ['totalReturn']), await columnsOf(failing, ['totalReturn'])];
    const known = [...b!.keys()].filter((i) => !Number.isNaN(b![i]!));
    const { metrics, episodes, attribution, ruin } = await only([base, failing]);
    expect(known.length).toBeGreaterThan(30);
    expect(known.length).toBeLessThan(80);
    expect(episodes).toEqual({
      a: 80,
      b: 80,
      failedInA: 0,
      failedInB: 80 - known.length,
      failedPairs: 80 - known.length,
    });
    expect(metrics[0]!.n).toEqual([known.length, known.length]);
    expect(metrics[0]!.mean.a.value).toBeCloseTo(known.reduce((sum, i) => sum + a![i]!, 0) / known.length, 14);
    const better = known.filter((i) => b![i]! > a![i]!).length;
    expect(metrics[0]!.improvementBounds!.against).toBeCloseTo(better / 80, 12);
    expect(metrics[0]!.improvementBounds!.for).toBeCloseTo((better + 80 - known.length) / 80, 12);
    expect(ruin.a.n).toBe(known.length);
    expect(attribution!.at(-1)!.difference.n).toBe(known.length);
  });

  it('has nothing to say where every episode failed, or there is but one', async () => {
    const dead = await runWith('dead', {}, moody(1));
    const { metrics, attribution } = await only([base, dead]);
    expect(metrics[0]).toMatchObject({ verdict: 'unknown', n: [0, 0], improvementBounds: { against: 0, for: 1 } });
    expect(attribution!.at(-1)!.difference.n).toBe(0);
    const [one, other] = [
      await runWith('one', { episodes: 1 }),
      await runWith('other', { episodes: 1, strategy: { use: 'buy-and-hold' } }),
    ];
    expect((await only([one, other])).metrics[0]!.verdict).toBe('unknown');
  });

  it('holds several runs against the first and corrects for their number', async () => {
    const alike = await runWith('alike', { execution: { fees: { taker: 0.00099 }, slippage: { bps: 5 } } });
    const { candidates, correction, baseline } = await compared([base, cheap, alike], {
      metrics: ['totalReturn', 'maxDrawdown'],
    });
    expect(baseline.label).toBe('A');
    expect(candidates.map(({ run }) => run.label)).toEqual(['B', 'C']);
    expect(correction?.comparisons).toBe(4);
    expect(candidates.map(({ metrics }) => metrics.map(({ column }) => column))).toEqual(
      Array(2).fill(['totalReturn', 'maxDrawdown']),
    );
    for (const { metrics } of candidates) {
      for (const { adjustedPValue, pValue } of metrics) expect(adjustedPValue).toBeGreaterThanOrEqual(pValue);
    }
    expect(candidates[0]!.metrics[1]!.verdict).toBe('better');
  });

  it('holds the true difference: half a position in geometric Brownian motion against a whole one', async () => {
    const holding = (targetWeight: number) => ({
      episodes: 2_000,
      steps: 50,
      interval: '1d',
      markets: { X: { process: 'gbm', price: 100, drift: 1, volatility: 0.4 } },
      strategy: { use: 'buy-and-hold' },
      portfolio: { cash: 10_000, sizing: { targetWeight } },
      execution: {},
    });
    const [whole, half] = [await runWith('whole', holding(1)), await runWith('half', holding(0.5))];
    const { metrics } = await only([whole, half]);
    // The order fills at the next step; its size is that of the price before: E[S_50 ÷ S_0 − S_1 ÷ S_0].
    const truth = -0.5 * (Math.exp(50 / 365) - Math.exp(1 / 365));
    const { low, high } = metrics[0]!.mean.difference;
    expect(low).toBeLessThan(truth);
    expect(high).toBeGreaterThan(truth);
    expect(metrics[0]).toMatchObject({ verdict: 'worse' });
    // Half of a lognormal loses less in the worst cases.
    expect(metrics[0]!.shortfall.difference.low).toBeGreaterThan(0);
  });

  it('does not decide from one history, however many episodes it has', async () => {
    const file = path.join(path.dirname(base), 'prices.csv');
    const rows = Array.from({ length: 60 }, (_, i) => {
      const [open, close] = [100 + 5 * Math.sin(i / 4), 100 + 5 * Math.sin((i + 1) / 4)];
      return `${new Date(Date.UTC(2026, 0, 1 + i)).toISOString()},${open},${Math.max(open, close)},${Math.min(open, close)},${close}`;
    });
    writeFileSync(file, `time,open,high,low,close\n${rows.join('\n')}\n`);
    const history = (strategy: object) => ({
      steps: 50,
      interval: '1d',
      markets: { X: { process: 'replay', file } },
      strategy,
    });
    const first = await runWith('history-cross', history({ use: 'sma-cross', fast: 3, slow: 8 }));
    const second = await runWith('history-hold', history({ use: 'buy-and-hold' }));
    const { isOneHistory, candidates } = await compared([first, second]);
    expect(isOneHistory).toBe(true);
    const metric = candidates[0]!.metrics[0]!;
    expect(metric.mean.difference.value).not.toBe(0);
    expect(metric).toMatchObject({ verdict: 'unknown', pValue: Number.NaN, firstOrder: undefined });
    expect((await compared([base, cheap])).isOneHistory).toBe(false);
  });

  it('is the same every time', async () => {
    expect(await compared([base, cheap])).toEqual(await compared([base, cheap]));
  });
});

describe('runs that do not share their paths', () => {
  it('are refused, and the difference is named', async () => {
    const other = await runWith('elsewhere', { seed: 'other', steps: 100 });
    await expect(compared([base, other])).rejects.toMatchObject({
      code: 'MARKETS_DIFFER',
      a: base,
      b: other,
      differences: [
        { path: ['steps'], a: 120, b: 100 },
        { path: ['seed'], a: 'compare', b: 'other' },
      ],
    });
  });

  it('are compared as independent ones if so asked', async () => {
    const other = await runWith('independent', { seed: 'independent', episodes: 60 });
    const { isPaired, candidates } = await compared([base, other], { isUnpaired: true });
    expect(isPaired).toBe(false);
    expect(candidates[0]!.metrics[0]).toMatchObject({ n: [80, 60], verdict: 'undecided' });
    expect(candidates[0]!.marketDifferences.map(({ path }) => path)).toEqual([['seed']]);
    expect(candidates[0]!.metrics[0]!.varianceRatio.value).toBeNaN();
    expect(candidates[0]!.episodes).toMatchObject({ a: 80, b: 60, failedPairs: 0 });
  });

  it('are found by their prices where the configs agree: another build made other paths', async () => {
    const forged = await runWith('forged', { seed: 'forged' });
    editManifest(forged, (manifest) => ({
      ...manifest,
      seed: 'compare',
      marketKey: '',
      versions: { ergodic: '0.0.1', node: '20.0.0' },
    }));
    const [own] = [await runWith('genuine')];
    editManifest(own, (manifest) => ({ ...manifest, marketKey: '' }));
    await expect(compared([own, forged])).rejects.toMatchObject({
      code: 'MARKETS_DIFFER',
      differences: [],
      message: expect.stringMatching(
        /of episode 0 finalPrice_BTC\/USDT is [\d.]+ and [\d.]+.*0\.0\.1 on Node 20\.0\.0/,
      ),
    });
  });
});

describe('where the difference comes from', () => {
  it('adds up to the difference of the change of equity, part by part and episode by episode', async () => {
    const costs = { fees: { taker: 0.002 }, slippage: { bps: 3 }, spread: { bps: 8 } };
    const dear = await runWith('dear', {
      execution: costs,
      randomize: { 'portfolio.cash': { choice: [5_000, 20_000] } },
    });
    const { attribution } = await only([base, dear]);
    expect(attribution!.map(({ part }) => part)).toEqual([...PARTS, 'change of equity']);
    const whole = attribution!.at(-1)!;
    for (const side of ['a', 'b', 'difference'] as const) {
      const sum = attribution!.slice(0, -1).reduce((total, part) => total + part[side].value, 0);
      // Sums of thousands, in doubles.
      expect(sum).toBeCloseTo(whole[side].value, 8);
    }
    const [equity, cash] = await columnsOf(dear, ['finalEquity', 'draw_portfolio.cash']);
    const mean = equity!.reduce((total, x, i) => total + x - cash![i]!, 0) / 80;
    expect(whole.b.value).toBeCloseTo(mean, 8);
    expect(attribution!.find(({ part }) => part === 'spread')!.difference.value).toBeLessThan(0);
  });

  it('is told of cheaper fees: almost all of it commission', async () => {
    const { attribution } = await only([base, cheap]);
    const of = (name: string): number => attribution!.find(({ part }) => part === name)!.difference.value;
    expect(of('commission') / of('change of equity')).toBeCloseTo(1, 1);
    expect(of('market impact')).toBe(0);
  });

  it('is not known of a run that was made before episodes told it', async () => {
    const old = await runWith('old');
    editManifest(old, (manifest) => {
      const { layout } = manifest as unknown as { layout: { fields: string[] } };
      return { ...manifest, layout: { ...layout, fields: layout.fields.filter((name) => name !== 'marketPnl') } };
    });
    expect((await only([base, old])).attribution).toBeUndefined();
  });
});

describe('ruin', () => {
  it('is compared with an interval that knows of the pairs', async () => {
    const leveraged = (weight: number) => ({
      portfolio: { cash: 10_000, sizing: { targetWeight: weight }, risk: { maxLeverage: 60 } },
      steps: 400,
      strategy: { use: 'buy-and-hold' },
    });
    const [bold, timid] = [await runWith('bold', leveraged(40)), await runWith('timid', leveraged(8))];
    const [[a], [b]] = [await columnsOf(bold, ['finalEquity']), await columnsOf(timid, ['finalEquity'])];
    const ruined = (values: Float64Array): number => values.filter((x) => x <= 100).length / 80;
    const { ruin, metrics } = await only([bold, timid]);
    expect(ruin.a.value).toBeCloseTo(ruined(a!), 12);
    expect(ruin.b.value).toBeCloseTo(ruined(b!), 12);
    expect(ruin.difference.value).toBeCloseTo(ruined(b!) - ruined(a!), 12);
    expect(ruin.difference.high).toBeLessThan(0);
    // Ruined episodes count as they are.
    expect(metrics[0]!.n).toEqual([80, 80]);
  });
});
