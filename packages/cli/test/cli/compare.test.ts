import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG, eachOf, ergodic, folderWith, removeFolders } from './ergodic.ts';

const MOODY = `export default { name: 'moody', parameters: {}, create: () => ({
  onMarket(market, context) {
    if (market.step === 5 && context.random.nextDouble() < 0.3) throw new Error('moody');
    if (market.step === 6) context.order('buy', 0.1);
  },
}) };`;

let dir = '';
beforeAll(async () => {
  dir = folderWith({ 'ergodic.yaml': CONFIG, 'moody.mjs': MOODY });
  const runs: [string, ...string[]][] = [
    ['base'],
    ['cheap', '--set', 'execution.fees.taker=0.0005'],
    ['slow', '--set', 'strategy.slow=9'],
    ['moody', '--set', 'strategy={ use: ./moody.mjs }', '--allow-failed', 'all'],
    [
      'elsewhere',
      '--seed',
      'a b',
      '--set',
      'steps=90',
      '--set',
      'markets.BTC/USDT.volatility=0.5',
      '--set',
      'antithetic=true',
    ],
  ];
  await eachOf(runs, async ([name, ...options]) => {
    const { code, stderr } = await ergodic(dir, 'run', '--out', `runs/${name}`, '--workers', '1', ...options);
    expect(code, stderr).toBe(0);
  });
});
afterAll(removeFolders);

function linesOf(text: string): string[] {
  return text.split('\n');
}

describe('ergodic compare', () => {
  it('says first which is better, then why, in a hundred columns', async () => {
    const { code, stdout, stderr } = await ergodic(dir, 'compare', 'base', 'cheap');
    expect([code, stderr]).toEqual([0, '']);
    const lines = linesOf(stdout);
    expect(lines[1]).toMatch(
      /^B is better than A: on the same 40 paths its mean total return is [\d.]+ percentage points higher/,
    );
    expect(stdout).toContain('under the market model BTC/USDT: geometric Brownian motion from 30,000');
    expect(stdout).toMatch(
      /A {2}runs\/base {3}sma-cross, fast 3, slow 8\nB {2}runs\/cheap {2}execution\.fees\.taker 0\.001 → 0\.0005/,
    );
    for (const row of [
      'mean',
      'median',
      '5 % quantile',
      'worst 5 %, mean',
      'ruined',
      'market exposure',
      'timing',
      'change of equity',
    ]) {
      expect(
        lines.some((line) => line.startsWith(row)),
        row,
      ).toBe(true);
    }
    for (const fact of [
      'Same path',
      'B does better than A',
      'Dominance, first order',
      'Dominance, second order',
      'Pairing',
    ]) {
      expect(
        lines.some((line) => line.startsWith(fact)),
        fact,
      ).toBe(true);
    }
    expect(stdout).toMatch(/independent runs would need [\d,]+ times as many/);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(stdout).not.toMatch(/NaN|undefined|Infinity|[−\u202f\u00a0“]/);
  });

  it('prints one JSON document, in which what is undefined is null', async () => {
    const { code, stdout } = await ergodic(dir, 'compare', 'base', 'cheap', '--json');
    expect(code).toBe(0);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({
      isPaired: true,
      correction: null,
      confidence: 0.95,
      baseline: { label: 'A', id: 'base' },
    });
    expect(json.marketKey).toBe(json.baseline.marketKey);
    const [comparison] = json.comparisons;
    expect(comparison).toMatchObject({
      verdict: 'better',
      run: { label: 'B', id: 'cheap' },
      changes: [{ path: 'execution.fees.taker', a: 0.001, b: 0.0005 }],
      episodes: { a: 40, b: 40, failedPairs: 0 },
    });
    expect(comparison.sentence).toMatch(/^B is better than A: /);
    const { totalReturn } = comparison.metrics;
    expect(totalReturn.improvementBounds).toBeNull();
    expect(totalReturn.episodesToDecide).toBeNull();
    expect(totalReturn.mean.difference).toMatchObject({ n: 40, method: expect.any(String) });
    expect(totalReturn.firstOrder.order).toBe(1);
    expect(comparison.attribution.at(-1).part).toBe('change of equity');
  });

  it('prints a table for a pull request', async () => {
    const { code, stdout } = await ergodic(dir, 'compare', 'base', 'cheap', '--markdown');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^### `runs\/cheap` \(B\) against `runs\/base` \(A\)\n\n\*\*B is better than A: /);
    expect(stdout).toMatch(/\| total return \| A \| B \| B − A \|\n\| --- \| ---: \| ---: \| ---: \|\n\| mean \|/);
    expect(stdout).toContain('<details><summary>Where the difference comes from</summary>');
    expect(stdout).toMatch(/Under the market model BTC\/USDT: .*<\/sub>\n$/);
  });

  it('corrects the verdicts on several runs for their number', async () => {
    const { code, stdout } = await ergodic(
      dir,
      'compare',
      'base',
      'cheap',
      'slow',
      '--metric',
      'totalReturn',
      '--metric',
      'fills',
    );
    expect(code).toBe(0);
    expect(linesOf(stdout)[1]).toMatch(/^By mean total return, corrected for 4 comparisons: B is better than A/);
    expect(stdout).toContain('Romano–Wolf');
    expect(stdout).toContain('B and A came to the same number of fills on each of 40 paths.');
    for (const line of linesOf(stdout)) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it('counts failures, and says what they could change', async () => {
    const { code, stdout } = await ergodic(dir, 'compare', 'base', 'moody');
    expect(code).toBe(0);
    const [, failed] = /(\d+) of B failed; the \1 pairs with a failure are left out\./.exec(stdout)!;
    expect(Number(failed)).toBeGreaterThan(3);
    expect(stdout).toMatch(/% had all failed pairs gone against B, [\d.]+ % had they gone for it/);
    expect(stdout).toContain(`on the same ${40 - Number(failed)} paths`);
  });

  it('refuses runs on other paths, and its way out works', async () => {
    const { code, stdout, stderr } = await ergodic(dir, 'compare', 'base', 'elsewhere');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('runs/base and runs/elsewhere do not share their market paths');
    expect(stderr).toContain('  seed: 7 in the first, a b in the second');
    expect(stderr).toContain('  steps: 100 in the first, 90 in the second');
    expect(stderr).toContain('  markets.BTC/USDT.volatility: 0.9 in the first, 0.5 in the second');
    expect(stderr).toContain('  antithetic: false in the first, true in the second');
    const command = /^ {2}ergodic run CONFIG_OF_SECOND (.*)$/m.exec(stderr)![1]!;
    // The config of the second run: that of its command line.
    const config = readFileSync(path.join(dir, 'ergodic.yaml'), 'utf8');
    writeFileSync(
      path.join(dir, 'second.yaml'),
      config.replace('seed: 7', 'seed: a b\nantithetic: true').replace('steps: 100', 'steps: 90').replace('0.9', '0.5'),
    );
    const again = await ergodic(dir, 'run', 'second.yaml', '--out', 'runs/again', ...command.split(' '));
    expect(again.code, again.stderr).toBe(0);
    expect((await ergodic(dir, 'compare', 'base', 'again')).stdout).toContain('came to the same total return');
  });

  it('compares them as independent ones if asked to, and says what that costs', async () => {
    const { stderr } = await ergodic(dir, 'compare', 'base', 'elsewhere', '--metric', 'maxDrawdown');
    const command = /^ {2}ergodic (compare .*--unpaired)$/m.exec(stderr)![1]!;
    expect(command).toBe('compare runs/base runs/elsewhere --metric maxDrawdown --unpaired');
    const { code, stdout } = await ergodic(dir, ...command.split(' '));
    expect(code).toBe(0);
    expect(stdout).toContain('over 40 and 40 independent episodes');
    expect(stdout).toContain('Unpaired: the episodes count as independent');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      "The market of B differs too, so a difference may be the market's: steps 100 → 90",
    );
    expect(stdout).not.toMatch(/Same path|Pairing|NaN/);
    const json = JSON.parse((await ergodic(dir, ...command.split(' '), '--json')).stdout);
    expect(json).toMatchObject({ isPaired: false, marketKey: null });
    expect(json.comparisons[0].metrics.maxDrawdown.correlation.value).toBeNull();
  });

  it('refuses what it cannot do with a way out', async () => {
    const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [
        ['base', 'cheap', '--metric', 'totalRetrun'],
        /--metric totalRetrun: must be a column .*did you mean totalReturn\?/,
      ],
      [['base', 'cheap', '--json', '--markdown'], /--json and --markdown: print one document/],
      [['base', 'chaep'], /chaep: there is no such run.*did you mean cheap\?/],
      [['base'], /missing required argument 'runs'/],
    ];
    await eachOf(cases, async ([args, message]) => {
      const { code, stdout, stderr } = await ergodic(dir, 'compare', ...args);
      expect([code, stdout], stderr).toEqual([2, '']);
      expect(stderr).toMatch(message);
    });
  });

  it('wants completed runs', async () => {
    const copy = folderWith({
      'run.json': readFileSync(path.join(dir, 'runs/base/run.json'), 'utf8').replace(
        '"status": "completed"',
        '"status": "interrupted"',
      ),
    });
    const { code, stderr } = await ergodic(dir, 'compare', 'base', copy);
    expect(code).toBe(1);
    expect(stderr).toContain(`finish it with ergodic resume ${copy}`);
  });
});

describe('ergodic report of several runs', () => {
  it('writes one page into the first and prints its path', async () => {
    const { code, stdout, stderr } = await ergodic(dir, 'report', 'base', 'cheap', 'slow');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe('runs/base/compare-cheap-slow.html\n');
    const { document } = parseHTML(readFileSync(path.join(dir, stdout.trim()), 'utf8'));
    expect(document.querySelector('h1')!.textContent).toBe('2 runs against base');
    const json = JSON.parse((await ergodic(dir, 'report', 'base', 'cheap', '--json')).stdout);
    expect(json.report).toMatch(/runs\/base\/compare-cheap\.html$/);
  });

  it('refuses runs on other paths, and what is for one run', async () => {
    const other = await ergodic(dir, 'report', 'base', 'elsewhere');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('  ergodic compare runs/base runs/elsewhere --unpaired');
    const png = await ergodic(dir, 'report', 'base', 'cheap', '--png');
    expect([png.code, png.stdout]).toEqual([2, '']);
    expect(png.stderr).toContain('--png: is for the report of one run, got 2');
  });
});
