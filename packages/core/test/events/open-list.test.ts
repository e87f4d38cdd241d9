import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OpenList } from '../../src/events/open-list.ts';

test('OpenList agrees with an array under random operations', () => {
  const operation = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), value: fc.nat(9) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('retain' as const), divisor: fc.integer({ min: 2, max: 4 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const list = new OpenList<number>();
      let naive: number[] = [];
      for (const op of operations) {
        if (op.do === 'push') {
          list.push(op.value);
          naive.push(op.value);
        } else if (op.do === 'retain') {
          const keeps = (value: number): boolean => value % op.divisor !== 0;
          list.retain(keeps);
          naive = naive.filter(keeps);
        } else {
          list.clear();
          naive = [];
        }
        expect(list.toArray()).toEqual(naive);
        expect(Array.from({ length: list.count }, (_, i) => list.at(i))).toEqual(naive);
      }
    }),
  );
});
