import { describe, expect, test } from 'vitest';
import { STEP_CAPACITY, STEP_SLOTS, StepColumns } from '../../src/events/steps.ts';

function filled(count: number): StepColumns {
  const columns = new StepColumns(2);
  columns.begin();
  for (let i = 0; i <= count; i++) {
    columns.count = i;
    columns.equity[i] = 1000 + i;
    columns.gross[i] = i;
    columns.timeMs[i] = 60 * i;
    columns.orders[i] = i % 3;
    columns.price[0]![i] = 10 + i;
    columns.price[1]![i] = 20 + i;
  }
  return columns;
}

describe('StepColumns', () => {
  test.each([2, 3, STEP_CAPACITY, STEP_SLOTS - 1])(
    'rotate makes the last two of %i steps slots 0 and 1 and counts on',
    (count) => {
      const columns = filled(count);
      columns.rotate();
      expect([columns.base, columns.count]).toEqual([count - 1, 1]);
      for (const slot of [0, 1]) {
        const step = count - 1 + slot;
        expect([columns.equity[slot], columns.gross[slot], columns.timeMs[slot]]).toEqual([
          1000 + step,
          step,
          60 * step,
        ]);
        expect([columns.price[0]![slot], columns.price[1]![slot]]).toEqual([10 + step, 20 + step]);
      }
      // Orders are counted up in place, so slots to come must start at zero.
      expect(Array.from(columns.orders)).toEqual([(count - 1) % 3, count % 3, ...new Array(STEP_SLOTS - 2).fill(0)]);
    },
  );

  test.each([-1, 0, 1])('rotate with %i as the last slot has nothing to drop', (count) => {
    const columns = filled(count);
    const before = JSON.stringify(columns);
    columns.rotate();
    expect(JSON.stringify(columns)).toBe(before);
  });

  test('rotate of a block with nothing new changes nothing, however often', () => {
    const columns = filled(3);
    columns.rotate();
    columns.orders[1] = 7;
    columns.rotate();
    columns.rotate();
    expect([columns.base, columns.count, columns.orders[1], columns.equity[1]]).toEqual([2, 1, 7, 1003]);
  });

  test('a refill fits in after a rotation', () => {
    const columns = filled(STEP_SLOTS - 1);
    columns.rotate();
    expect(columns.count + STEP_CAPACITY).toBeLessThan(STEP_SLOTS);
  });

  test('begin forgets the orders of the episode before', () => {
    const columns = filled(5);
    columns.rotate();
    columns.begin();
    expect([columns.base, columns.count]).toEqual([0, -1]);
    expect(columns.orders.every((sent) => sent === 0)).toBe(true);
  });
});
