import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openOwnMarkets } from '../../src/nulltest/own-markets.ts';
import { rowGroups } from '../../src/nulltest/rows.ts';
import { candleFile, configWith, folderWith } from './support.ts';

const dir = folderWith({
  'a.csv': candleFile([100, 110, 99, 99]),
  // A day later than the other, and one day longer.
  'b.csv': candleFile([50, 25, 50, 60], { day: 1, volume: false }),
});
const file = (name: string): string => join(dir, name);
const groupsOf = (changes: Record<string, unknown>) => rowGroups(openOwnMarkets(configWith(changes)));

describe('rowGroups', () => {
  it('gives the returns of a history with the volume of their candles', () => {
    const [[rows]] = groupsOf({ markets: { A: { process: 'replay', file: file('a.csv') } } }) as [[never]];
    const { symbol, returns, changes, volumes } = rows as ReturnType<typeof rowGroups>[0][0];
    expect(symbol).toBe('A');
    expect(Array.from(returns, (value) => Number(value.toFixed(12)))).toEqual([0.1, -0.1, 0]);
    expect([...changes]).toEqual([10, -11, 0]);
    expect([...volumes!]).toEqual([2, 3, 4]);
  });

  it('puts replays together, at the times that all of them have', () => {
    const replay = (name: string) => ({ process: 'replay', file: file(name) });
    const [group, ...others] = groupsOf({ markets: { A: replay('a.csv'), B: replay('b.csv') } });
    expect(others).toEqual([]);
    expect(group!.map(({ returns }) => Array.from(returns, (value) => Number(value.toFixed(12))))).toEqual([
      [-0.1, 0],
      [-0.5, 1],
    ]);
    expect(group!.map(({ volumes }) => volumes === null)).toEqual([false, true]);
  });

  it('puts joint bootstraps together and leaves others by themselves', () => {
    const bootstrap = (name: string, joint: boolean) => ({ process: 'bootstrap', file: file(name), joint });
    const markets = { A: bootstrap('a.csv', true), B: bootstrap('b.csv', true), C: bootstrap('a.csv', false) };
    const groups = groupsOf({ interval: '1d', markets });
    expect(groups.map((group) => group.map(({ symbol }) => symbol))).toEqual([['A', 'B'], ['C']]);
  });

  it('takes some 20,000 steps of simulated markets, of the same episodes for all', () => {
    const gbm = { process: 'gbm', price: 100, volatility: 0.6 };
    const markets = { A: gbm, B: { process: 'bootstrap', interval: '1d', file: file('a.csv') }, C: gbm };
    const { interval: _, ...history } = markets.B;
    const groups = groupsOf({ steps: 300, interval: '1d', markets: { ...markets, B: history } });
    expect(groups.map((group) => group.map(({ symbol, returns }) => [symbol, returns.length]))).toEqual([
      [
        ['A', 20_100],
        ['C', 20_100],
      ],
      [['B', 3]],
    ]);
    expect(groups[0]![0]!.volumes).toBeNull();
  });

  it('has no return after a price that is not positive, but the change', () => {
    const [[rows]] = groupsOf({ markets: { A: { process: 'abm', price: 0, volatility: 10 } } }) as [[never]];
    const { returns, changes } = rows as ReturnType<typeof rowGroups>[0][0];
    expect(returns.some(Number.isNaN)).toBe(true);
    expect(changes.every(Number.isFinite)).toBe(true);
  });

  it('says when replays have no times in common', () => {
    const far = folderWith({ 'far.csv': candleFile([1, 2, 3], { day: 400 }) });
    const markets = {
      A: { process: 'replay', file: file('a.csv') },
      B: { process: 'replay', file: join(far, 'far.csv') },
    };
    expect(() => groupsOf({ markets })).toThrow('markets: A, B need two times that all their files have, got 0');
  });

  it('needs a step to trade over', () => {
    expect(() => groupsOf({ steps: 0 })).toThrow('steps: a null test needs at least one step to trade over, got 0');
  });
});
