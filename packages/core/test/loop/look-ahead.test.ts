import { describe, expect, test } from 'vitest';
import { EpisodeContext } from '../../src/loop/context.ts';
import type { MarketEvent, Strategy } from '../../src/strategy/strategy.ts';
import { candlesOf, REPLAY, Recording, run, simulationOf, TWO_MARKETS } from './simulate.ts';

/** Every value that property names lead to, own and inherited, also those that only a method call without argument gives. */
function reachable(root: object, depth: number): Map<unknown, string> {
  const found = new Map<unknown, string>();
  const visit = (value: unknown, path: string, left: number): void => {
    if (found.has(value)) return;
    found.set(value, path);
    if (left === 0 || value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    for (
      let at: object | null = value;
      at !== null && at !== Object.prototype && at !== Function.prototype;
      at = Object.getPrototypeOf(at)
    ) {
      for (const key of Reflect.ownKeys(at)) {
        if (key === 'constructor' || key === 'caller' || key === 'callee' || key === 'arguments') continue;
        let next: unknown;
        try {
          next = Reflect.get(at, key, value);
        } catch {
          continue;
        }
        visit(next, `${path}.${String(key)}`, left - 1);
      }
    }
  };
  visit(root, '', depth);
  return found;
}

/** All numbers in reach, those in arrays, typed arrays and their buffers included. */
function numbersIn(found: Map<unknown, string>): Map<number, string> {
  const numbers = new Map<number, string>();
  for (const [value, path] of found) {
    if (typeof value === 'number') numbers.set(value, path);
    if (value instanceof ArrayBuffer && value.byteLength % 8 === 0)
      for (const x of new Float64Array(value)) numbers.set(x, `${path}[]`);
    if (ArrayBuffer.isView(value) || Array.isArray(value))
      for (const x of value as unknown as number[]) numbers.set(x, `${path}[]`);
  }
  return numbers;
}

const wiggly = (level: number): number[][] =>
  Array.from({ length: 40 }, (_, i) => {
    const base = level + Math.sin(i * 1.3) + i / 1000;
    return [base, base + 2.1 + i / 997, base - 1.7 - i / 991, base + 0.3];
  });

describe('no look-ahead', () => {
  test.each<[string, object, object]>([
    ['quotes', { steps: 39, markets: TWO_MARKETS }, {}],
    ['one market of quotes', { steps: 39 }, {}],
    [
      'candles',
      { steps: undefined, markets: { A: REPLAY, B: REPLAY } },
      { candles: { A: candlesOf(wiggly(100)), B: candlesOf(wiggly(50)) } },
    ],
  ])('no property of what a strategy gets leads to a later price: %s', (_, changes, parts) => {
    const recording = new Recording();
    run(simulationOf(changes, undefined, parts), 0, { recorder: recording });
    const prices = recording.prices;
    let checked = 0;
    const check = (step: number, ...roots: object[]): void => {
      const future = new Set(prices.slice(step + 1).flat());
      for (const root of roots) {
        for (const [value, path] of numbersIn(reachable(root, 3))) {
          expect(future.has(value), `a price after step ${step} at ${root.constructor.name}${path}`).toBe(false);
          checked++;
        }
      }
    };
    const create = (): Strategy => ({
      onStart: (context) => check(-1, context),
      onMarket(market, context) {
        check(market.step, market, context);
        if (market.step % 5 === 0) context.order('buy', 1);
        if (market.step % 7 === 0) context.order('buy', 1, { orderType: 'limit', limitPrice: market.price - 1.5 });
        context.timer(context.timeMs + 1, 't');
        context.emit('e', null);
      },
      onFill: (fill, context) => check(context.step, fill, context),
      onOrderUpdate: (update, context) => check(context.step, update, context),
      onTimer: (timer, context) => check(context.step, timer, context),
      onEvent: (event, context) => check(context.step, event, context),
    });
    expect(run(simulationOf(changes, create, parts)).message).toBe('');
    expect(checked).toBeGreaterThan(1000);
  });

  test('a view that is kept shows no later price, also between two blocks of the lane', () => {
    const prices: number[] = [];
    const create = (): Strategy => {
      let kept: MarketEvent | undefined;
      return {
        onMarket(market, context) {
          kept = market;
          prices.push(market.price);
          context.timer(market.timeMs + 1, 'between');
        },
        onTimer: (_, context) => expect([context.step, kept!.price]).toEqual([context.step, prices.at(-1)]),
      };
    };
    expect(run(simulationOf({ steps: 1100 }, create)).message).toBe('');
    expect(prices.length).toBe(1100);
  });

  test('the search does find a price of the future where there is one', () => {
    const leak = { a: { b: { prices: new Float64Array([1, 42]) } } };
    expect(numbersIn(reachable(leak, 3)).has(42)).toBe(true);
    expect(
      numbersIn(
        reachable(
          new (class {
            get late(): number[] {
              return [43];
            }
          })(),
          3,
        ),
      ).has(43),
    ).toBe(true);
  });

  test('the loop hides behind a private field: no name leads from a context to it', () => {
    const names: PropertyKey[] = [];
    let context: object | undefined;
    run(simulationOf({ steps: 1 }, () => ({ onStart: (given) => void (context = given) })));
    for (let at = context!; at !== Object.prototype; at = Object.getPrototypeOf(at)) names.push(...Reflect.ownKeys(at));
    expect(context).toBeInstanceOf(EpisodeContext);
    const documented = [
      'timeMs',
      'step',
      'symbols',
      'random',
      'price',
      'timer',
      'emit',
      'cash',
      'equity',
      'initialCash',
      'position',
      'avgPx',
    ];
    const orders = ['realizedPnl', 'unrealizedPnl', 'openOrders', 'signal', 'order', 'cancel', 'act', 'stop'];
    const inner = ['constructor', 'indexOf', 'push'];
    expect(names.filter((name) => ![...documented, ...orders, ...inner].includes(String(name)))).toEqual([]);
  });

  test('what a strategy sees of step k does not depend on what comes after k', () => {
    const seen = (cut: number): string[] => {
      const rows = wiggly(100).map((row, i) => (i > cut ? row.map((price) => price * 3) : row));
      const lines: string[] = [];
      const create = (): Strategy => ({
        onMarket(market, context) {
          if (market.step > cut) return;
          const { open, high, low, close, price, timeMs } = market;
          lines.push([open, high, low, close, price, timeMs, context.equity, context.cash, context.position()].join());
          context.signal(market.step % 3 === 0 ? 'LONG' : 0.2);
        },
      });
      run(simulationOf({ steps: undefined, markets: { A: REPLAY } }, create, { candles: { A: candlesOf(rows) } }));
      return lines;
    };
    const all = seen(39);
    for (const cut of [0, 1, 7, 20, 38]) expect(seen(cut)).toEqual(all.slice(0, cut + 1));
  });
});
