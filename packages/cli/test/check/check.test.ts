import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Check } from '@ergodic/analysis';
import type { Summary } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CONFIG, eachOf, ergodic, folderWith, removeFolders } from '../cli/ergodic.ts';

// Many processes, on machines with few processors.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let home: string;
let summary: Summary;

beforeAll(async () => {
  home = folderWith({ 'ergodic.yaml': CONFIG });
  const { stdout } = await ergodic(home, 'run', '--json', '--out', 'runs/first', '--episodes', '200');
  summary = JSON.parse(stdout);
});

afterAll(removeFolders);

const HOLDS = ['--assert', 'q05(totalReturn) > -0.9'];

describe('the exit code of ergodic check', () => {
  test('is 0 where all holds, 1 where something failed or is undecided, unless that is allowed', async () => {
    const open = ['--assert', `mean(totalReturn) > ${summary.metrics.totalReturn!.mean}`];
    const cases = [
      { args: HOLDS, code: 0, said: '' },
      { args: [...HOLDS, '--assert', 'mean(totalReturn) > 5'], code: 1, said: 'exit code 1: 1 assertion failed' },
      { args: open, code: 1, said: 'exit code 1: 1 assertion undecided; --allow-undecided would accept that' },
      { args: [...open, '--allow-undecided'], code: 0, said: '' },
      { args: ['--baseline', 'runs/first'], code: 0, said: '' },
    ];
    await eachOf(cases, async ({ args, code, said }) => {
      const outcome = await ergodic(home, 'check', 'runs/first', ...args);
      expect(outcome.code, args.join(' ')).toBe(code);
      expect(outcome.stderr).toContain(said);
      if (said === '') expect(outcome.stderr).not.toContain('exit code');
    });
  });

  test('is 2 where arguments are wrong, and says what is', async () => {
    const cases = [
      { args: ['runs/first'], said: 'there is nothing to check; add --assert' },
      { args: ['runs/first', '--assert', 'mean(totalReturn) => 1'], said: '=> is no comparison; did you mean >=?' },
      { args: ['runs/first', '--assert', 'mean(totalRetrun) > 1'], said: 'did you mean totalReturn?' },
      { args: ['runs/first', '--assert', 'mean(totalReturn) > baseline'], said: 'name one with --baseline RUN' },
      { args: ['runs/first', ...HOLDS, '--episodes', '3'], said: '--episodes: says how a config is run' },
      { args: ['runs/frist', ...HOLDS], said: 'did you mean first?' },
      { args: ['runs/first', '--baseline', 'nothing'], said: 'there is no such run' },
      { args: ['runs/first', ...HOLDS, '--junit', 'no/such/check.xml'], said: 'does not exist; make it' },
      { args: ['other.yaml', ...HOLDS], said: 'other.yaml' },
    ];
    await eachOf(cases, async ({ args, said }) => {
      const { code, stderr, stdout } = await ergodic(home, 'check', ...args);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain('fault of ergodic');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    });
  });
});

describe('what ergodic check shows', () => {
  test('is a table of at most 100 columns: what failed, and by how much', async () => {
    const long = 'probability("finalPrice_BTC/USDT" < 30000) <= 0.3333333333';
    const assertions = [long, 'mean(totalReturn) > 5', 'mean(sharpe) > 1', 'median(fills) >= 1'].flatMap((text) => [
      '--assert',
      text,
    ]);
    const { stdout, code } = await ergodic(home, 'check', 'first', ...assertions, '--baseline', 'runs/first');
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    expect(lines[1]).toBe('Check of run first  strategy sma-cross, seed 7, 200 episodes');
    const mean = summary.metrics.totalReturn!.mean!;
    const row = lines.find((line) => line.startsWith('mean(totalReturn) > 5'))!;
    const [, value, , , , excess, verdict] = row.split(/\s{2,}|\s(?=to)|(?<=to)\s/).filter((cell) => cell !== '');
    expect(Number(value)).toBeCloseTo(mean, 4);
    expect(Number(excess)).toBeCloseTo(5 - mean, 2);
    expect(verdict).toBe('FAILED');
    expect(stdout).toContain('Against baseline runs/first  the same 200 episodes, paired');
    expect(stdout).toContain('mean(totalReturn) no worse  ');
    expect(lines.at(-2)).toMatch(/^\d+ passed, \d failed/);
  });

  test('names the episodes that would decide', async () => {
    const { mean, ci95 } = summary.metrics.totalReturn!;
    const bound = mean! - (mean! - ci95[0]!) / 2;
    const { stdout } = await ergodic(home, 'check', 'first', '--assert', `mean(totalReturn) > ${bound}`);
    const [, needed] = /more episodes would decide it \(--episodes (\d+),/.exec(stdout)!;
    expect(Number(needed)).toBeGreaterThan(700);
    expect(Number(needed)).toBeLessThan(1_000);
  });

  test('with --json is one document', async () => {
    const texts = ['--assert', 'mean(totalReturn) > 5', '--assert', 'max(fills) < 1000'];
    const { stdout, code } = await ergodic(home, 'check', 'first', ...texts, '--json');
    expect(code).toBe(1);
    const found = JSON.parse(stdout) as Check & { exitCode: number };
    expect(found).toMatchObject({ exitCode: 1, verdict: 'failed', baseline: null, notices: [] });
    expect(found.run).toMatchObject({ id: 'first', digest: summary.digest, episodes: 200 });
    expect(found.findings).toMatchObject([
      { text: 'mean(totalReturn) > 5', verdict: 'failed', bound: 5, tail: 0.05, n: 200, episodesNeeded: null },
      { text: 'max(fills) < 1000', verdict: 'passed', low: null, high: null, method: 'observed' },
    ]);
    expect(found).toMatchObject({ requirements: [{ isMet: true }, { isMet: true }] });
  });
});

describe('ergodic check of a config', () => {
  test('runs it first, with the options of run, and leaves the run behind', async () => {
    const options = [
      '--episodes',
      '100',
      '--seed',
      'x',
      '--set',
      'steps=50',
      '--workers',
      '1',
      '--out',
      'runs/checked',
    ];
    const { code, stdout, stderr } = await ergodic(home, 'check', ...HOLDS, ...options, '--json');
    expect(stderr).toContain('ergodic.yaml: 100 episodes');
    expect(code).toBe(0);
    const { run } = JSON.parse(stdout) as Check;
    expect(run).toMatchObject({ id: 'checked', seed: 'x', episodes: 100 });
    const again = await ergodic(home, 'check', 'runs/checked', ...HOLDS, '--json');
    expect(again.stdout).toBe(stdout);
  });

  test('tells a slip in an assertion before it runs, and leaves nothing behind', async () => {
    const args = ['--assert', 'mean(totalRetrun) > 0', '--out', 'runs/slip'];
    const { code, stderr } = await ergodic(home, 'check', 'ergodic.yaml', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean totalReturn?');
    expect(existsSync(path.join(home, 'runs/slip'))).toBe(false);
  });

  test('pairs with a baseline of the same seed, and finds what became worse', async () => {
    const costly = ['--set', 'execution.fees.taker=0.002', '--episodes', '200', '--out', 'runs/costly'];
    const { code, stdout } = await ergodic(home, 'check', 'ergodic.yaml', '--baseline', 'first', ...costly);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^mean\(totalReturn\) no worse .* FAILED$/m);
    expect(stdout).toMatch(/^probabilityOfRuin no worse .* passed$/m);
    const margin = ['--assert', 'mean(totalReturn) >= baseline - 0.5'];
    expect((await ergodic(home, 'check', 'runs/costly', '--baseline', 'first', ...margin)).code).toBe(0);
  });

  test('counts failed episodes as run does', async () => {
    const strategy = `export default { name: 'fragile', parameters: {}, create: () => ({
      onMarket({ step, price }) { if (step === 1 && Math.floor(price * 1e6) % 8 === 0) throw new Error('no'); },
    }) };`;
    const dir = folderWith({
      'ergodic.yaml': CONFIG.replace('sma-cross, fast: 3, slow: 8', './fragile.ts'),
      'fragile.ts': strategy,
    });
    const assertion = ['--assert', 'mean(totalReturn) > -1'];
    const { code, stderr, stdout } = await ergodic(dir, 'check', ...assertion, '--out', 'runs/a', '--json');
    expect(code).toBe(1);
    const { run, findings } = JSON.parse(stdout) as Check;
    expect(run.failed).toBeGreaterThan(0);
    expect(findings).toMatchObject([{ verdict: 'passed', n: 40 - run.failed }]);
    expect(stderr).toMatch(/exit code 1: \d of 40 episodes? failed; --allow-failed \d would accept that/);
    const allowed = await ergodic(dir, 'check', 'a', ...assertion, '--allow-failed', 'all');
    expect(allowed.code).toBe(0);
    const [few, many] = await Promise.all(
      ['0.5', '0.001'].map((bound) =>
        ergodic(dir, 'check', 'a', '--assert', `probabilityOfFailure < ${bound}`, '--allow-failed', 'all'),
      ),
    );
    expect([few!.code, many!.code]).toEqual([0, 1]);
  });
});

describe('in a pipeline', () => {
  test('JUnit is written, and replaced', async () => {
    writeFileSync(path.join(home, 'check.xml'), 'old');
    const { code, stderr } = await ergodic(
      home,
      'check',
      'first',
      '--assert',
      'mean(totalReturn) > 5',
      '--junit',
      'check.xml',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('wrote check.xml');
    const xml = readFileSync(path.join(home, 'check.xml'), 'utf8');
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="ergodic check" tests="3" failures="1"/,
    );
    expect(xml).toContain('<testcase classname="first" name="mean(totalReturn) &gt; 5" time="0">');
  });

  test('annotations are printed on GitHub, and the summary of the job grows', async () => {
    const file = path.join(home, 'summary.md');
    writeFileSync(file, 'before\n');
    vi.stubEnv('GITHUB_ACTIONS', 'true');
    vi.stubEnv('GITHUB_STEP_SUMMARY', file);
    try {
      const { stderr, stdout } = await ergodic(
        home,
        'check',
        'first',
        '--assert',
        'mean(totalReturn) > 500 %',
        '--json',
      );
      expect(() => JSON.parse(stdout)).not.toThrow();
      expect(stderr).toMatch(/^::error title=mean\(totalReturn\) > 500 %25::failed: /m);
      const text = readFileSync(file, 'utf8');
      expect(text).toMatch(/^before\n### Check of first: failed\n/);
    } finally {
      vi.unstubAllEnvs();
    }
    const { stderr } = await ergodic(home, 'check', 'first', ...HOLDS, '--github');
    expect(stderr).toContain('::notice title=ergodic check first::passed: the assertion');
  });
});

describe('ergodic run --until', () => {
  const rule = ['--until', 'mean(totalReturn) ± 2 %'];

  test('shows its checks, and how it ended', async () => {
    const { code, stdout, stderr } = await ergodic(home, 'run', '--episodes', '4000', ...rule, '--out', 'runs/until');
    expect(code).toBe(0);
    expect(stderr).toContain('ergodic.yaml: at most 4,000 episodes');
    expect(stderr).toContain('run until: until mean(totalReturn) +- 2 %, at most 4,000 episodes of 100 steps');
    expect(stderr).toMatch(/check at 1,024 episodes: mean\(totalReturn\) = \S+ ± \S+, wanted ± 2 %: narrow enough/);
    expect(stdout).toContain('Episodes   1,024: 1,024 completed');
    expect(stdout).toMatch(
      /Until {6}mean\(totalReturn\) = \S+ ± \S+, as close as ± 2 %\n {11}at the first check, after 1,024 of at most 4,000/,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('that is not reached ends with 0, and says how many episodes would do', async () => {
    const { code, stdout, stderr } = await ergodic(home, 'run', '--until', 'mean(totalReturn) +- 0.001', '--json');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /--until mean\(totalReturn\) \+- 0\.001: not reached within the 40 episodes of the config: .*: --episodes \d+$/m,
    );
    expect((JSON.parse(stdout) as Summary).until).toMatchObject({
      satisfied: false,
      cap: 40,
      checks: [{ episodes: 40, tail: 0.05 }],
    });
    const { stdout: again } = await ergodic(home, 'resume', readdirSync(path.join(home, 'runs')).sort()[0]!);
    expect(again).toContain('not as close as ± 0.001');
  });
});
