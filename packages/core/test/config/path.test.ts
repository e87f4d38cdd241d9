import { describe, expect, test } from 'vitest';
import { formatPath } from '../../src/config/errors.ts';
import { joinedName, parsePath, scanPath, startsWith } from '../../src/config/path.ts';

describe('a path', () => {
  test.each<[string, (string | number)[], string]>([
    ['steps', ['steps'], 'steps'],
    ['markets.BTC/USDT.volatility', ['markets', 'BTC/USDT', 'volatility'], 'markets.BTC/USDT.volatility'],
    ['markets["BRK.B"].price', ['markets', 'BRK.B', 'price'], 'markets["BRK.B"].price'],
    ["markets['BRK.B'].price", ['markets', 'BRK.B', 'price'], 'markets["BRK.B"].price'],
    ['markets["BTC/USDT"].price', ['markets', 'BTC/USDT', 'price'], 'markets.BTC/USDT.price'],
    ['rewards[0].scale', ['rewards', 0, 'scale'], 'rewards[0].scale'],
    ['["steps"]', ['steps'], 'steps'],
    ['markets["a\\"b"].price', ['markets', 'a"b', 'price'], 'markets["a\\"b"].price'],
  ])('%s is read as its keys and written one way', (text, path, written) => {
    expect(parsePath(text)).toEqual(path);
    expect(formatPath(path)).toBe(written);
    expect(parsePath(written)).toEqual(path);
  });

  test.each(['', '.', 'a.', '.a', 'a..b', 'a[b]', 'a["b]', 'a[1', 'a=b', 'a.=b', '=', 'a["b"]c'])(
    '%j is none',
    (text) => {
      expect(parsePath(text)).toBeUndefined();
    },
  );

  test('is read up to an equals sign, and says where it breaks off', () => {
    expect(scanPath('rewards[0].scale=2')).toEqual({ path: ['rewards', 0, 'scale'], end: 16, isWhole: true });
    expect(scanPath('a["="].b=1')).toEqual({ path: ['a', '=', 'b'], end: 8, isWhole: true });
    expect(scanPath('markets..price=1')).toEqual({ path: ['markets'], end: 8, isWhole: false });
  });

  test('lies inside another or does not', () => {
    expect(startsWith(['a', 'b'], ['a'])).toBe(true);
    expect(startsWith(['a', 'b'], ['a', 'b'])).toBe(true);
    expect(startsWith(['a'], ['a', 'b'])).toBe(false);
    expect(startsWith(['a', 1], ['a', '1'])).toBe(false);
  });

  test('that splits a name at its dots has one that was meant', () => {
    const markets = { 'BRK.B': {}, A: {} };
    expect(joinedName(markets, ['markets', 'BRK', 'B', 'price'], 1)).toEqual(['markets', 'BRK.B', 'price']);
    expect(joinedName(markets, ['markets', 'A', 'price'], 1)).toBeUndefined();
    expect(joinedName(markets, ['markets', 'C', 'price'], 1)).toBeUndefined();
  });
});
