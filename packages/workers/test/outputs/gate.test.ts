import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Gate } from '../../src/outputs/gate.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** How long a closed gate stays so, ms. */
async function restOf(gate: Gate): Promise<number> {
  const startedAt = performance.now();
  const passed = gate.pass();
  await vi.runAllTimersAsync();
  expect(await passed).toBe(true);
  return performance.now() - startedAt;
}

describe('a gate', () => {
  test('is open at first, and after a pause that doubles up to half a minute', async () => {
    const gate = new Gate();
    expect(await restOf(gate)).toBe(0);
    for (let i = 0; i < 12; i++) {
      gate.close({ afterMs: undefined });
      const rest = await restOf(gate);
      const middle = Math.min(500 * 2 ** i, 30_000);
      expect(rest).toBeGreaterThanOrEqual(0.9 * middle - 1);
      expect(rest).toBeLessThanOrEqual(1.1 * middle + 1);
    }
  });

  test('keeps to the pause that the server asked for, in seconds', async () => {
    const gate = new Gate();
    gate.close({ afterMs: 7_000 });
    const rest = await restOf(gate);
    expect(rest).toBeGreaterThanOrEqual(7_000);
    expect(rest).toBeLessThan(7_100);
  });

  test('does not hammer a server that asks for no pause at all', async () => {
    const gate = new Gate();
    for (let i = 0; i < 5; i++) {
      gate.close({ afterMs: 0 });
      expect(await restOf(gate)).toBeGreaterThanOrEqual(400);
    }
  });

  test('takes two failures at a time for one, but a longer pause that the server asks for counts', async () => {
    const gate = new Gate();
    gate.close({ afterMs: undefined });
    gate.close({ afterMs: undefined });
    expect(gate.failures).toBe(1);
    gate.close({ afterMs: 3_000 });
    expect(await restOf(gate)).toBeGreaterThanOrEqual(3_000);
  });

  test('begins with the shortest pause again after a success', async () => {
    const gate = new Gate();
    for (let i = 0; i < 4; i++) {
      gate.close({ afterMs: undefined });
      await restOf(gate);
    }
    gate.succeed();
    gate.close({ afterMs: undefined });
    expect(await restOf(gate)).toBeLessThanOrEqual(551);
  });

  test('lets all that wait go when it ends, and nobody after that', async () => {
    const gate = new Gate();
    gate.close({ afterMs: 60_000 });
    const waiting = [gate.pass(), gate.pass()];
    gate.end();
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(await gate.pass()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits longer where a pause was lengthened while somebody waited', async () => {
    const gate = new Gate();
    const startedAt = performance.now();
    gate.close({ afterMs: 1_000 });
    const passed = gate.pass().then(() => performance.now() - startedAt);
    gate.close({ afterMs: 5_000 });
    await vi.runAllTimersAsync();
    expect(await passed).toBeGreaterThanOrEqual(5_000);
  });
});
