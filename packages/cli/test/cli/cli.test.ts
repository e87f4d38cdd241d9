import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Summary } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CONFIG, eachOf, ergodic, folderWith, MAIN, removeFolders, start } from './ergodic.ts';

/** Those of which each example ends with 0 in a folder with runs. */
const VERBS = ['run', 'resume', 'replay', 'report', 'list', 'export', 'flush', 'init', 'schema', 'compare', 'sql'];
const HEX = /^[0-9a-f]{64}$/;

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let home: string;
let first: Summary;

/** One run that the tests read. */
beforeAll(async () => {
  home = folderWith({ 'ergodic.yaml': CONFIG });
  const { code, stdout, stderr } = await ergodic(home, 'run', '--json', '--out', 'runs/first', '--workers', '1');
  expect(stderr).toContain('40 episodes');
  expect(code).toBe(0);
  first = JSON.parse(stdout);
});

afterAll(removeFolders);

/** A shell in which `ergodic` is the built command, and a pipe fails if any of its parts does. */
async function shell(cwd: string, command: string): Promise<string> {
  const bin = folderWith({ ergodic: `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n` });
  chmodSync(path.join(bin, 'ergodic'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const { stdout } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', command], { cwd, env });
  return stdout;
}

describe('run', () => {
  test('--json prints the summary of the contract and nothing else', () => {
    expect(first).toMatchObject({ id: 'first', dir: path.join(home, 'runs/first'), seed: '7', status: 'completed' });
    expect(first).toMatchObject({ reproducible: true, failures: [] });
    expect(first.digest).toMatch(HEX);
    expect(first.marketKey).toMatch(HEX);
    expect(first.episodes).toEqual({ requested: 40, completed: 40, ruined: 0, stopped: 0, failed: 0 });
    const metric = first.metrics.totalReturn!;
    expect(Object.keys(metric).sort()).toEqual(
      ['ci95', 'max', 'mean', 'min', 'n', 'q05', 'q25', 'q50', 'q75', 'q95', 'sd'].sort(),
    );
    expect(metric.n).toBe(40);
    expect(metric.ci95[0]).toBeLessThan(metric.mean!);
    expect(Object.keys(first.timing).sort()).toEqual(['events', 'steps', 'stepsPerSecond', 'wallSeconds', 'workers']);
    const { steps, wallSeconds, stepsPerSecond } = first.timing;
    expect(steps).toBe(4_000);
    expect(stepsPerSecond).toBeCloseTo(steps / wallSeconds, 6);
  });

  test('prints a summary for a person within 100 columns, without colours', async () => {
    const { code, stdout } = await ergodic(home, 'resume', 'first');
    expect(code).toBe(0);
    for (const text of [
      'Episodes   40: 40 completed',
      'Loss  ',
      'totalReturn',
      first.digest,
      'ergodic report runs/first',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).not.toContain('\u001b[');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('options stand over the config, and a run without --out is runs/ID', async () => {
    const dir = folderWith({ 'other.yaml': CONFIG });
    const changes = [
      '--episodes',
      '3',
      '--seed',
      'x',
      '--workers',
      '1',
      '--set',
      'steps=10',
      '--set',
      'record.episodes=0',
    ];
    const { code, stdout } = await ergodic(dir, 'run', 'other.yaml', '--json', ...changes);
    expect(code).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    expect(summary).toMatchObject({ seed: 'x', episodes: { requested: 3 }, timing: { workers: 1, steps: 30 } });
    expect(readdirSync(path.join(dir, 'runs'))).toEqual([summary.id]);
  });

  test('a directory that is not empty is refused with 2', async () => {
    const { code, stderr } = await ergodic(home, 'run', '--out', 'runs/first');
    expect(code).toBe(2);
    expect(stderr).toContain('a new run needs an empty or missing directory; choose another --out');
  });

  test('what a strategy prints goes to standard error', async () => {
    const strategy = `export default { name: 'talker', parameters: {}, create: () => { console.log('hello'); return {}; } };`;
    const dir = folderWith({
      'ergodic.yaml': CONFIG.replace('sma-cross, fast: 3, slow: 8', './talker.ts'),
      'talker.ts': strategy,
    });
    const { code, stdout, stderr } = await ergodic(dir, 'run', '--json', '--workers', '1');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Summary).status).toBe('completed');
    expect(stderr).toContain('hello');
  });
});

describe('failed episodes', () => {
  let dir: string;

  beforeAll(async () => {
    // A strategy knows its episode by nothing but its prices.
    const { stdout } = await ergodic(home, 'replay', 'first', '--episode', '17', '--ndjson');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; step: number; close: number });
    const { close } = events.find(({ type, step }) => type === 'MARKET' && step === 5)!;
    const strategy = `export default { name: 'fragile', parameters: {}, create: () => ({
      onMarket({ price }) { if (price === ${close}) throw new Error('the 17th is unlucky'); },
    }) };`;
    dir = folderWith({
      'ergodic.yaml': CONFIG.replace('sma-cross, fast: 3, slow: 8', './fragile.ts'),
      'fragile.ts': strategy,
    });
  });

  test('are counted, named with their replay, and end with 1 unless allowed', async () => {
    const { code, stdout, stderr } = await ergodic(dir, 'run', '--out', 'runs/a', '--workers', '1');
    expect(code).toBe(1);
    expect(stdout).toContain('39 completed, 1 failed');
    expect(stdout).toMatch(/1 failed with STRATEGY_ERROR\n {2}episode 17: .*the 17th is unlucky/);
    expect(stdout).toContain('ergodic replay runs/a --episode 17');
    expect(stdout).toContain('failed as worst');
    expect(stderr).toContain('1 episode failed; --allow-failed 1 would accept that');
    const commands = [
      { args: ['run', '--out', 'runs/b', '--workers', '1'], allowed: '1', expected: 0 },
      { args: ['resume', 'a'], allowed: 'all', expected: 0 },
      { args: ['run', '--out', 'runs/c', '--workers', '1'], allowed: '0', expected: 1 },
      // A completed run only prints its summary again.
      { args: ['resume', 'a'], allowed: '0', expected: 0 },
    ];
    await eachOf(commands, async ({ args, allowed, expected }) => {
      const outcome = await ergodic(dir, ...args, '--json', '--allow-failed', allowed);
      expect(outcome.code).toBe(expected);
      const { episodes, failures } = JSON.parse(outcome.stdout) as Summary;
      expect(episodes).toMatchObject({ completed: 39, failed: 1 });
      expect(failures).toMatchObject([{ episode: 17, code: 'STRATEGY_ERROR' }]);
    });
  });

  test('replay to their failure', async () => {
    const plain = await ergodic(dir, 'replay', 'runs/a', '--episode', '17');
    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain('Episode 17: failed');
    expect(plain.stdout).toContain('the 17th is unlucky');
    expect(plain.stdout).not.toContain('    at ');
    const debug = await ergodic(dir, 'replay', 'runs/a', '--episode', '17', '--debug');
    expect(debug.stdout).toMatch(/ {4}at .*fragile/);
  });
});

describe('one truth', () => {
  const LONG = CONFIG.replace('episodes: 40', 'episodes: 300')
    .replace('steps: 100', 'steps: 20000')
    .replace('record: { episodes: 20 }', 'record: { episodes: 0 }');
  let dir: string;
  let expected: string;

  const digestOf = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await ergodic(dir, ...args, '--json');
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    return (JSON.parse(stdout) as Summary).digest;
  };
  /** Resolves once something is stored. */
  const stored = async (id: string): Promise<void> => {
    while (!existsSync(path.join(dir, `runs/${id}/parts/000001`)))
      await new Promise((resolve) => setTimeout(resolve, 20));
  };

  beforeAll(async () => {
    dir = folderWith({ 'ergodic.yaml': LONG });
    expected = await digestOf('run', '--out', 'runs/two', '--workers', '2');
  });

  test('one worker and five give the digest of two', async () => {
    const few = ['--episodes', '40'];
    const digests = new Set<string>();
    await eachOf(['1', '2', '5'], async (workers) => {
      digests.add(await digestOf('run', '--out', `runs/few-${workers}`, '--workers', workers, ...few));
    });
    expect(digests.size).toBe(1);
  });

  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'after %s the exit code is %i within two seconds, and resume gives the digest',
    async ([signal, code]) => {
      const { child, outcome } = start(dir, 'run', '--out', `runs/${signal}`, '--workers', '1');
      await stored(signal);
      const signaledAt = performance.now();
      child.kill(signal);
      const { code: received, stderr } = await outcome;
      expect(performance.now() - signaledAt).toBeLessThan(2_300);
      expect(received).toBe(code);
      expect(stderr).toContain(`ergodic resume runs/${signal}`);
      expect(JSON.parse(readFileSync(path.join(dir, `runs/${signal}/run.json`), 'utf8')).status).toBe('interrupted');
      expect(await digestOf('resume', signal)).toBe(expected);
    },
  );

  test('after kill -9 the run is listed as interrupted, and resume gives the digest', async () => {
    const { child, outcome } = start(dir, 'run', '--out', 'runs/killed', '--workers', '1');
    await stored('killed');
    child.kill('SIGKILL');
    await outcome;
    const { stdout } = await ergodic(dir, 'list', '--json');
    expect(JSON.parse(stdout).runs.find(({ id }: { id: string }) => id === 'killed').status).toBe('interrupted');
    expect(await digestOf('resume', 'killed', '--workers', '2')).toBe(expected);
  });

  test('a second Ctrl-C exits at once', async () => {
    const { child, outcome, said } = start(dir, 'run', '--out', 'runs/twice', '--workers', '1');
    await said('run twice');
    child.kill('SIGINT');
    await said('stopping');
    child.kill('SIGINT');
    expect((await outcome).code).toBe(130);
  });
});

describe('replay', () => {
  test('--ndjson prints an event a line on standard output, the verdict on standard error', async () => {
    const { code, stdout, stderr } = await ergodic(home, 'replay', 'first', '--episode', '3', '--ndjson');
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ type }) => type === 'MARKET')).toHaveLength(101);
    for (const { type, timeMs, step } of events) {
      expect(type).toMatch(/^[A-Z_]+$/);
      expect(Number.isInteger(timeMs) && Number.isInteger(step)).toBe(true);
    }
    expect(stderr).toContain('Agrees with the stored record.');
  });

  test('prints events and the record for a person, and a reader may leave early', async () => {
    const { code, stdout } = await ergodic(home, 'replay', 'runs/first', '--episode', '3');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2026-01-01 00:00:00 {7}0 {2}MARKET {8}BTC\/USDT {2}price 30,000$/m);
    expect(stdout.trimEnd().endsWith('Agrees with the stored record.')).toBe(true);
    expect((await shell(home, 'ergodic replay first --episode 3 | head -1')).split('\n')).toHaveLength(2);
    await shell(home, 'ergodic --help | head -1');
  });

  test('a record that differs ends with 1', async () => {
    const dir = folderWith({ 'ergodic.yaml': CONFIG });
    await ergodic(dir, 'run', '--out', 'edited', '--episodes', '2', '--workers', '1');
    const file = path.join(dir, 'edited/run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"volatility": 0.9', '"volatility": 0.8'));
    const { code, stdout } = await ergodic(dir, 'replay', 'edited', '--episode', '0');
    expect(code).toBe(1);
    expect(stdout).toMatch(/Differs from the stored record in .*totalReturn/);
  });
});

describe('list', () => {
  test('shows the newest first and names what is damaged', async () => {
    const dir = folderWith({ 'ergodic.yaml': CONFIG });
    expect(await ergodic(dir, 'list')).toMatchObject({ code: 0, stdout: '' });
    for (const id of ['older', 'newer'])
      await ergodic(dir, 'run', '--episodes', '2', '--workers', '1', '--out', `runs/${id}`);
    mkdirSync(path.join(dir, 'runs/broken'));
    writeFileSync(path.join(dir, 'runs/broken/run.json'), '{');
    const { code, stdout } = await ergodic(dir, 'list');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[1]).toMatch(/^newer .* completed +2 .* sma-cross$/);
    expect(lines[2]).toMatch(/^older /);
    expect(lines[3]).toMatch(/^broken .* damaged /);
    expect(stdout).toContain('runs/broken/run.json: must be JSON');
    const { runs } = JSON.parse((await ergodic(dir, 'list', '--json')).stdout);
    expect(runs.map(({ id, status }: { id: string; status: string }) => `${id} ${status}`)).toEqual([
      'newer completed',
      'older completed',
      'broken damaged',
    ]);
  });
});

describe('export', () => {
  const HEADERS = {
    episodes:
      'episode,endReason,failureCode,steps,totalReturn,totalReward,reward_log-return,maxDrawdown,sharpe,sortino,calmar,' +
      'turnover,exposure,orders,fills,rejects,commission,slippage,spread,impact,finalEquity,marketPnl,highestReturn,' +
      'lowestReturn,longestDrawdown,finalPrice_BTC/USDT,volatility_BTC/USDT',
    fills: 'episode,step,timeMs,symbol,orderId,orderSide,filledQty,price,commission,slippage,liquidity,spread,impact',
    rewards: 'episode,step,timeMs,reward,reward_log-return',
    equity: 'episode,step,timeMs,equity,cash,drawdown,price_BTC/USDT,position_BTC/USDT',
  };
  const empty = async (): Promise<string> => {
    const dir = folderWith({ 'ergodic.yaml': CONFIG });
    await ergodic(
      dir,
      'run',
      '--out',
      'none',
      '--workers',
      '1',
      '--set',
      'record.episodes=0',
      '--set',
      'strategy.slow=1000',
    );
    return dir;
  };

  test('writes each table as CSV, in order, with the columns of the contract', async () => {
    await eachOf(Object.entries(HEADERS), async ([table, header]) => {
      const { code, stdout } = await ergodic(home, 'export', 'first', '--table', table, '--format', 'csv');
      expect(code).toBe(0);
      const [head, ...lines] = stdout.trim().split('\n');
      expect(head).toBe(header);
      const keys = lines.map((line) =>
        line
          .split(',')
          .slice(0, table === 'episodes' ? 1 : 2)
          .map(Number),
      );
      expect(keys).toEqual([...keys].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
      if (table === 'episodes') expect(keys).toEqual(Array.from({ length: 40 }, (_, i) => [i]));
      if (table === 'equity') expect(new Set(keys.map((key) => key[0])).size).toBeGreaterThanOrEqual(20);
    });
  });

  test('numbers survive: ndjson, csv and parquet say the same', async () => {
    const { stdout } = await ergodic(home, 'export', 'first', '--table', 'episodes', '--format', 'ndjson');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const mean = rows.reduce((sum, { totalReturn }) => sum + totalReturn, 0) / rows.length;
    expect(mean).toBeCloseTo(first.metrics.totalReturn!.mean!, 14);
    const written = await ergodic(
      home,
      'export',
      'first',
      '--table',
      'episodes',
      '--format',
      'parquet',
      '--out',
      'e.parquet',
    );
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const { Database } = await import('@ergodic/workers');
    const database = await Database.open();
    const stored = await database.rows(`SELECT totalReturn FROM read_parquet('${path.join(home, 'e.parquet')}')`);
    database.close();
    expect(stored.map(([value]) => value)).toEqual(rows.map(({ totalReturn }) => totalReturn));
    const again = await ergodic(
      home,
      'export',
      'first',
      '--table',
      'episodes',
      '--format',
      'csv',
      '--out',
      'e.parquet',
    );
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('exists and is not overwritten; remove it, or name another file');
  });

  test('a table without rows still has its columns', async () => {
    const dir = await empty();
    await eachOf(['fills', 'equity', 'rewards'] as const, async (table) => {
      // The extremes of a run keep their streams.
      const { code, stdout } = await ergodic(dir, 'export', 'none', '--table', table, '--format', 'csv');
      expect(code).toBe(0);
      expect(stdout.split('\n')[0]).toBe(HEADERS[table]);
    });
    expect((await ergodic(dir, 'export', 'none', '--table', 'fills', '--format', 'ndjson')).stdout).toBe('');
    await ergodic(dir, 'export', 'none', '--table', 'fills', '--format', 'parquet', '--out', 'f.parquet');
    const { Database } = await import('@ergodic/workers');
    const database = await Database.open();
    const columns = await database.rows(`DESCRIBE SELECT * FROM read_parquet('${path.join(dir, 'f.parquet')}')`);
    database.close();
    expect(columns.map(([name]) => name).join(',')).toBe(HEADERS.fills);
    expect(columns.map(([, type]) => type)).toEqual(
      'BIGINT,BIGINT,BIGINT,VARCHAR,BIGINT,VARCHAR,DOUBLE,DOUBLE,DOUBLE,DOUBLE,VARCHAR,DOUBLE,DOUBLE'.split(','),
    );
  });
});

describe('arguments', () => {
  const REFUSED = [
    [['rnu'], "unknown command 'rnu'"],
    [[], 'Usage: ergodic'],
    [['run', '--epsiodes', '3'], "unknown option '--epsiodes'"],
    [['run', 'a.yaml', 'b.yaml'], 'too many arguments'],
    [['run', 'missing.yaml'], 'missing.yaml: there is no such file'],
    [['run', '--workers', '0'], 'It must be a whole number from 1 to 1024.'],
    [['run', '--workers', '-2'], '--workers'],
    [['run', '--workers', '1.5'], '--workers'],
    [['run', '--workers', 'many'], '--workers'],
    [['run', '--episodes', '1.5'], '--episodes 1.5'],
    [['run', '--episodes', '0'], '--episodes 0'],
    [['run', '--out', 'ergodic.yaml'], 'cannot be a run directory'],
    [['run', '--out', 'ergodic.yaml/x'], 'cannot be a run directory'],
    [['run', '--allow-failed', 'some'], 'or all'],
    [['run', '--set', 'markets.BTC/USDT.volatilty=1'], 'did you mean volatility?'],
    [['run', '--set', 'strategy.use=./none.ts'], 'none.ts'],
    [['run', '--set', 'strategy.fast=x'], '--set strategy.fast=x'],
    [['resume'], "missing required argument 'run'"],
    [['resume', 'frist'], 'did you mean first?'],
    [['resume', '.'], 'has no run.json'],
    [['resume', 'first', '--workers', '0'], '--workers'],
    [['replay', 'first'], '--episode'],
    [['replay', 'first', '--episode', '40'], 'a whole number from 0 to 39, got 40'],
    [['replay', 'first', '--episode', '-1'], '--episode'],
    [['report', 'none'], 'none: there is no such run'],
    [['export', 'first', '--table', 'trades', '--format', 'csv'], 'episodes'],
    [['export', 'first', '--table', 'fills', '--format', 'xml'], 'ndjson'],
    [['export', 'first', '--table', 'fills', '--format', 'parquet'], 'add --out FILE'],
    [['export', 'first', '--table', 'fills', '--format', 'csv', '--out', 'no/such/f.csv'], 'does not exist'],
    [['init', 'taken'], 'exists and is not overwritten'],
  ] as const;

  test('that are wrong are refused with 2, with a reason and nothing on standard output', async () => {
    mkdirSync(path.join(home, 'taken'));
    writeFileSync(path.join(home, 'taken/ergodic.yaml'), '');
    await eachOf(REFUSED, async ([args, text]) => {
      const { code, stdout, stderr } = await ergodic(home, ...args);
      expect(stderr, `ergodic ${args.join(' ')}`).toContain(text);
      expect(stderr).not.toContain('    at ');
      expect({ args, stdout, code }).toEqual({ args, stdout: '', code: 2 });
    });
  });

  test('an error of a strategy file is named with its place, and --debug shows the stack', async () => {
    const dir = folderWith({
      'ergodic.yaml': CONFIG.replace('sma-cross, fast: 3, slow: 8', './bad.ts'),
      'bad.ts': 'export default {',
    });
    const plain = await ergodic(dir, 'run');
    expect(plain.code).toBe(2);
    expect(plain.stderr).toMatch(/bad\.ts:1:\d+/);
    expect(plain.stderr).not.toContain('    at ');
    expect((await ergodic(dir, 'run', '--debug')).stderr).toContain('    at ');
    expect(existsSync(path.join(dir, 'runs'))).toBe(false);
  });
});

describe('help', () => {
  test('--version and --help answer at once', async () => {
    expect(await ergodic(home, '--version')).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
    const { code, stdout } = await ergodic(home, '--help');
    expect(code).toBe(0);
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'));
  });

  test('the examples of every verb work', async () => {
    const dir = folderWith();
    await ergodic(dir, 'init');
    expect((await ergodic(dir, 'run', '--episodes', '20', '--out', 'runs/first')).code).toBe(0);
    const others = ['second', 'slow-50', 'slow-60', 'slow-70'];
    for (const name of others) cpSync(path.join(dir, 'runs/first'), path.join(dir, 'runs', name), { recursive: true });
    writeFileSync(path.join(dir, 'query.sql'), 'from episodes');
    const examples: string[] = [];
    await eachOf(VERBS, async (verb) => {
      const { code, stdout } = await ergodic(dir, verb, '--help');
      expect(code).toBe(0);
      const [, block] = stdout.split(/^Examples?:\n/m);
      const commands = block!
        .trim()
        .split('\n')
        .map((line) => line.trim());
      for (const command of commands) expect(command).toMatch(new RegExp(`^ergodic ${verb}\\b`));
      // What init and schema write is there already.
      examples.push(
        ...commands.map((command) => (verb === 'schema' ? `rm -f ergodic.schema.json && ${command}` : command)),
      );
    });
    await eachOf(examples, async (command) => {
      await shell(dir, command);
    });
    expect(JSON.parse(readFileSync(path.join(dir, 'ergodic.schema.json'), 'utf8'))).toHaveProperty(
      'properties.markets',
    );
    expect(existsSync(path.join(dir, 'first/ergodic.yaml'))).toBe(true);
    expect(existsSync(path.join(dir, 'episodes.csv'))).toBe(true);
  }, 120_000);
});
