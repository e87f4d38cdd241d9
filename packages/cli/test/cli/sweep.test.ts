import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SweepSummary } from '@ergodic/analysis';
import type { Summary } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONFIG, eachOf, ergodic, folderWith, removeFolders, start } from './ergodic.ts';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/sweep/overfit.yaml', import.meta.url));
const WINDOWS = ['--param', 'strategy.fast=2..4', '--param', 'strategy.slow=4..8:2'];
const HISTORY = `markets: { BTC/USD: { process: replay, file: ${JSON.stringify(
  fileURLToPath(new URL('../../../../examples/data/btc-usd-1d.csv', import.meta.url)),
)} } }
strategy: { use: sma-cross, fast: 10, slow: 50 }
`;

type Printed = SweepSummary & {
  readonly model: string;
  readonly trials: readonly { readonly command: string }[];
  readonly fresh: { readonly command: string };
};

afterAll(removeFolders);

/** Words of a printed command, behind `ergodic`. */
function wordsOf(command: string): string[] {
  return command.split(' ').slice(1);
}

/** Length of the longest line; a command stays on its own. */
function widest(text: string): number {
  const lines = text.split('\n').filter((line) => !line.startsWith('ergodic '));
  return Math.max(...lines.map((line) => line.length));
}

describe('ergodic sweep', () => {
  let home: string;
  let printed: Printed;

  beforeAll(async () => {
    home = folderWith({ 'ergodic.yaml': CONFIG });
    const options = ['--set', 'execution.fees.taker=0.002', '--seed', 'x', '--out', 'runs/windows', '--json'];
    const { code, stdout, stderr } = await ergodic(home, 'sweep', ...WINDOWS, ...options);
    expect(stderr).toContain('sweep windows: 8 candidates and the benchmark, 40 episodes each');
    expect(code).toBe(0);
    printed = JSON.parse(stdout);
  });

  test('--json prints one document: every trial with its values, interval, adjusted p and command', () => {
    expect(printed).toMatchObject({ id: 'windows', status: 'completed', seed: 'x', metric: 'totalReturn' });
    expect(printed.trials).toHaveLength(8);
    expect(printed.refused.count).toBe(1);
    expect(printed.reproducible).toBe(true);
    expect(printed.model).toContain('geometric Brownian motion from 30,000');
    const [first] = printed.trials;
    expect(first!.values).toEqual({ 'strategy.fast': 2, 'strategy.slow': 4 });
    expect(first!.metric).toMatchObject({ n: 40 });
    expect(first!.pValue).toBeGreaterThan(0);
    expect(first!.command).toBe(
      'ergodic run ergodic.yaml --set execution.fees.taker=0.002 --seed x --set strategy.fast=2 --set strategy.slow=4',
    );
  });

  test('the printed commands are runs with the digests of their trials', async () => {
    const { trials, fresh } = printed;
    const commands = [
      { command: trials[4]!.command, digest: trials[4]!.digest },
      { command: fresh.command, digest: fresh.digest },
    ];
    await eachOf(commands, async ({ command, digest }) => {
      const { stdout } = await ergodic(home, ...wordsOf(command), '--json', '--workers', '1');
      expect((JSON.parse(stdout) as Summary).digest).toBe(digest);
    });
  });

  test('prints verdict, table, fresh paths and model within 100 columns, also again', async () => {
    const { code, stdout } = await ergodic(home, 'sweep', '--resume', 'windows');
    expect(code).toBe(0);
    for (const text of [
      'Verdict    None of 8 rules is better than the config as it stands',
      'trial  fast  slow',
      'Fresh ',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toContain('All figures hold under this market model and no other: BTC/USDT: geometric Brownian');
    expect(stdout).toContain('(seed x/holdout)');
    expect(stdout).toContain('Skipped    1 combination that cannot be run: strategy: fast must be smaller than slow');
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test('--report writes a page that loads nothing, with verdict, surface and rules', async () => {
    const { code, stdout } = await ergodic(home, 'sweep', '--resume', 'windows', '--report');
    expect(code).toBe(0);
    expect(stdout).toContain('Report written: runs/windows/sweep.html');
    const page = readFileSync(path.join(home, 'runs/windows/sweep.html'), 'utf8');
    expect(page).toContain('http-equiv="Content-Security-Policy" content="default-src');
    expect(page).not.toMatch(/(?:src|href)="(?!#)|url\(/);
    expect(page).toContain('None of 8 rules is better than the config as it stands');
    expect(page).toContain('All figures hold under this market model and no other');
    expect(page).toMatch(/aria-label="Gain of each of 8 rules over the benchmark, from -?[\d.]+ % to -?[\d.]+ %"/);
    expect(page.match(/<tr><th scope="row">/g)).toHaveLength(8);
  });

  test('stands in the list of runs, and is told apart from a run', async () => {
    const { stdout } = await ergodic(home, 'list');
    expect(stdout).toMatch(/^windows +.*completed +40 .* sma-cross, sweep of 8$/m);
    const { code, stderr } = await ergodic(home, 'report', 'windows');
    expect(code).toBe(2);
    expect(stderr).toContain('windows: is a sweep of many rules, not a run; ergodic sweep --resume runs/windows');
  });

  test('an interrupt ends with 130, and what is left goes on to the same result', async () => {
    const options = [
      ...WINDOWS,
      '--set',
      'execution.fees.taker=0.002',
      '--seed',
      'x',
      '--out',
      'runs/broken',
      '--json',
    ];
    const running = start(home, 'sweep', ...options);
    await running.said('40 episodes each');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted; go on with: ergodic sweep --resume runs/broken');
    const { stdout } = await ergodic(home, 'sweep', '--resume', 'runs/broken', '--json');
    const again = JSON.parse(stdout) as Printed;
    expect(again.trials).toEqual(printed.trials);
    expect(again.selection).toEqual(printed.selection);
    expect(again.fresh).toEqual(printed.fresh);
  });

  test('a random search gives the candidates of its seed', async () => {
    const options = ['--param', 'execution.fees.taker=1e-4..1e-2 log', '--trials', '5', '--benchmark', 'zero'];
    const args = (out: string): string[] => ['sweep', ...options, '--out', out, '--json', '--episodes', '4'];
    const { code } = await ergodic(home, ...args('c'), '--report');
    expect(code).toBe(0);
    expect(readFileSync(path.join(home, 'c/sweep.html'), 'utf8')).toContain('over execution.fees.taker, 5 rules');
    const valuesOf = (stdout: string): unknown => (JSON.parse(stdout) as Printed).trials.map(({ values }) => values);
    const [one, two] = [await ergodic(home, ...args('a')), await ergodic(home, ...args('b'))];
    expect(valuesOf(one.stdout)).toEqual(valuesOf(two.stdout));
    expect(valuesOf(one.stdout)).toHaveLength(5);
  });

  test.each([
    [['--trials', '5', '--search', 'grid', ...WINDOWS], '--trials 5: a grid tries all combinations'],
    [['--param', 'strategy.fast=abc'], '--param strategy.fast=abc: strategy.fast: must be a whole number, got "abc"'],
    [['--param', 'steps=10,20'], '--param steps=10,20: all trials run on the same paths'],
    [['--resume', 'nothing'], '--resume nothing: there is no such sweep'],
    [
      ['--resume', 'windows', '--seed', 'y'],
      '--resume windows: goes on with the sweep as it was made; leave out --seed',
    ],
    [['--out', 'runs/windows', ...WINDOWS], 'a new sweep needs an empty or missing directory'],
    [['--set', 'strategy.fast=9', '--param', 'strategy.use=sma-cross'], '--benchmark zero is another'],
  ])('refuses %j with 2', async (args, message) => {
    const { code, stderr } = await ergodic(home, 'sweep', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('an overfitted sweep on a fair game', () => {
  test('is not declared good, though its best rule looks so', async () => {
    const home = folderWith();
    const grid = ['--param', 'strategy.fast=2..26:3', '--param', 'strategy.slow=30..125:15'];
    const options = [...grid, '--benchmark', 'zero', '--episodes', '400', '--json'];
    const { code, stdout } = await ergodic(home, 'sweep', EXAMPLE, ...options);
    expect(code).toBe(0);
    const { selection, trials, fresh } = JSON.parse(stdout) as Printed;
    expect(trials).toHaveLength(63);
    expect(selection.better).toEqual([]);
    expect(selection.sentence).toBe(
      'None of 63 rules is better than doing nothing beyond what choosing the best of 63 by chance gives.',
    );
    const best = trials[selection.best! - 1]!;
    expect(best.metric.value).toBeGreaterThan(0);
    expect(best.bound).toBeLessThan(0);
    expect(fresh.metric.low).toBeLessThan(0);
  });
});

describe('one history', () => {
  test('a run of it is noted as a trial, and its summary counts those that were made', async () => {
    const home = folderWith({ 'ergodic.yaml': `episodes: 3\n${HISTORY}` });
    const first = await ergodic(home, 'run', '--workers', '1');
    expect(first.stdout).toContain('the 3 episodes replay one history, btc-usd-1d.csv: one observation, not 3');
    expect(first.stdout).toContain('the only rule tried on it so far (runs/ledger.ndjson)');
    const second = await ergodic(home, 'run', '--workers', '1', '--set', 'strategy.fast=20', '--out', 'elsewhere');
    expect(second.stdout).toContain('2 rules tried on it so far');
    // The same rule again is no new try.
    const third = await ergodic(home, 'run', '--workers', '1');
    expect(third.stdout).toContain('2 rules tried on it so far');
    const lines = readFileSync(path.join(home, 'runs/ledger.ndjson'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).parameters.fast)).toEqual([10, 20, 10]);
  });

  test('a sweep of it tells the probability of overfitting, and has no intervals of single values', async () => {
    const home = folderWith({ 'ergodic.yaml': HISTORY });
    const grid = ['--param', 'strategy.fast=5..20:5', '--param', 'strategy.slow=30,60,90'];
    const { code, stdout, stderr } = await ergodic(home, 'sweep', ...grid, '--out', 'runs/h');
    expect(code).toBe(0);
    expect(stderr).toContain('the markets replay one history');
    expect(stdout).toContain('The best of 13 rules tried on this history');
    expect(stdout).toContain('probability of overfitting');
    expect(stdout).not.toContain('adjusted p');
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });
});
