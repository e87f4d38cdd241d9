import { describe, expect, test } from 'vitest';
import type { Parameter, Values } from '../../src/sweep/parameters.ts';
import { gridSearch, randomSearch, type Search } from '../../src/sweep/search.ts';

function parameter(name: string, values: Values): Parameter {
  return { path: ['strategy', name], values, label: `--param strategy.${name}` };
}

function all(search: Search, most = 10_000): unknown[][] {
  const found: unknown[][] = [];
  for (let next = search.next(); next !== null && found.length < most; next = search.next()) found.push(next);
  return found;
}

const fast = parameter('fast', { kind: 'steps', low: 1, high: 3, step: 1 });
const use = parameter('use', { kind: 'list', values: ['a', 'b'] });
const rate = parameter('rate', { kind: 'interval', low: 0, high: 1, isLog: false, isInteger: false });

describe('a grid', () => {
  test('has every combination once, the last parameter fastest', () => {
    expect(all(gridSearch([fast, use]))).toEqual([
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [2, 'b'],
      [3, 'a'],
      [3, 'b'],
    ]);
  });

  test('refuses what cannot be counted, and what nobody can judge', () => {
    expect(() => gridSearch([rate])).toThrow('--param strategy.rate: a grid needs values that can be counted');
    const wide = parameter('wide', { kind: 'steps', low: 1, high: 100_001, step: 1 });
    expect(() => gridSearch([wide, use])).toThrow('at most 100000 candidates, got 100001 × 2 = 200002');
  });
});

describe('a random search', () => {
  test('gives the same candidates for the same seed, and others for another', () => {
    const first = all(randomSearch([fast, rate], 'a'), 20);
    expect(all(randomSearch([fast, rate], 'a'), 20)).toEqual(first);
    expect(all(randomSearch([fast, rate], 'b'), 20)).not.toEqual(first);
  });

  test('draws no combination twice, and ends when none is left', () => {
    const found = all(randomSearch([fast, use], 'a'));
    expect(found).toHaveLength(6);
    expect(new Set(found.map((values) => values.join())).size).toBe(6);
  });
});
