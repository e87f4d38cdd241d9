import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ergodic, folderWith, removeFolders, start } from './ergodic.ts';

vi.setConfig({ testTimeout: 180_000 });
afterAll(removeFolders);

const CONFIG = `seed: 7
steps: 40
markets:
  A: { process: gbm, price: 100, drift: 0.5, volatility: 0.7 }
  B: { process: gbm, price: 100, drift: 0.5, volatility: 0.7 }
correlation: { symbols: [A, B], matrix: [[1, 0.9], [0.9, 1]] }
strategy: { use: ./lead.mjs }
portfolio: { allowShort: true, sizing: { targetWeight: 0.5 } }
execution: { fees: { taker: 0.001 } }
outputs: { file: {} }
`;
/** Trades B on what A has just done. */
const LEAD = `export default {
  name: 'lead', parameters: {},
  create: () => ({
    onMarket({ symbolIndex, price }, context) {
      if (symbolIndex !== 0) return;
      if (context.step > 1) context.signal(price > this.before ? 'LONG' : 'SHORT', { symbol: 'B' });
      this.before = price;
    },
  }),
};
`;
const home = folderWith({ 'ergodic.yaml': CONFIG, 'lead.mjs': LEAD });

describe('ergodic nulltest', () => {
  it('prints one JSON document for an honest strategy and exits with 0', async () => {
    const { code, stdout, stderr } = await ergodic(home, 'nulltest', '--episodes', '200', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: 1, status: 'completed', verdict: 'no sign of it', seed: '7', steps: 40 });
    expect(document.dir).toMatch(/\/runs\/\d{8}-\d{6}-[0-9a-f]{4}-nulltest$/);
    expect(document.martingale).toMatchObject({ episodes: 200, verdict: 'no sign of it' });
    expect(JSON.parse(readFileSync(path.join(document.dir, 'nulltest.json'), 'utf8'))).toEqual(document);
    expect(stderr).toContain('a market without drift: 200 episodes');
    expect(stderr).toContain('the outputs of the config are left out');
    expect(existsSync(path.join(document.dir, 'martingale/points.lp'))).toBe(false);
    const listed = await ergodic(home, 'list');
    expect(listed.stdout).toMatch(/-nulltest +\S+ \S+ +completed +– +– +lead\.mjs, null test/);
    const replayed = await ergodic(home, 'replay', path.join(document.dir, 'shuffled'), '--episode', '3');
    expect(replayed.code).toBe(0);
  });

  it('sounds the alarm for a fill rule that looks ahead, within 100 columns, and exits with 1', async () => {
    const set = ['--set', 'execution.fill=optimistic', '--seed', 'other', '--workers', '1'];
    const { code, stdout } = await ergodic(home, 'nulltest', '--episodes', '200', '--out', 'ahead', ...set);
    expect(code).toBe(1);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    const text = stdout.replaceAll('\u00a0', ' ').replaceAll(/\n {11}/g, ' ');
    expect(text).toContain('Null test ahead  strategy lead.mjs, 200 episodes of 40 steps, seed other');
    expect(text).toContain('Sees the future, it seems. It earned');
    expect(text).toContain(
      'under a driftless geometric Brownian motion with 70 % volatility a year, where nobody can earn',
    );
    expect(text).toContain('ergodic replay ahead/martingale --episode 0');
  });

  it('ends with 130 when it is interrupted', async () => {
    const { child, outcome, said } = start(home, 'nulltest', '--episodes', '200000', '--out', 'stopped');
    await said('a market without drift');
    child.kill('SIGINT');
    const { code, stderr, stdout } = await outcome;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toContain('a new null test begins with another --out');
    const again = await ergodic(home, 'nulltest', '--out', 'stopped');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('a null test needs an empty or missing directory; choose another --out');
  });

  it.each([
    [['--set', 'strategy.use=sma'], 'ergodic.yaml', 'must name a built-in'],
    [['--set', 'steps=0'], 'error: ', 'steps: a null test needs at least one step to trade over, got 0'],
    [['--episodes', 'x'], '--episodes', 'must be'],
  ])('exits with 2 and leaves nothing behind for %s', async (args, place, rule) => {
    const dir = folderWith({ 'ergodic.yaml': CONFIG, 'lead.mjs': LEAD });
    const { code, stderr } = await ergodic(dir, 'nulltest', '--out', 'wrong', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(place);
    expect(stderr).toContain(rule);
    expect(existsSync(path.join(dir, 'wrong'))).toBe(false);
  });

  it('is told from a run, and in a listing when it is damaged', async () => {
    const dir = folderWith();
    mkdirSync(path.join(dir, 'runs/t'), { recursive: true });
    writeFileSync(path.join(dir, 'runs/t/nulltest.json'), '{');
    const { stdout, code } = await ergodic(dir, 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/t +– +damaged/);
    const replayed = await ergodic(dir, 'replay', 't', '--episode', '0');
    expect(replayed.code).toBe(2);
    expect(replayed.stderr).toContain('t: is a null test of several runs, not a run; one of them is runs/t/martingale');
  });
});
