import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEQUENCES, Stamps } from '../../src/outputs/stamps.ts';

const created = fc
  .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

describe('Stamps', () => {
  test('are created + (episode × (steps + 1) + step) µs + sequence ns, exactly, up to the most steps that fit', () => {
    const place = fc
      .record({ steps: fc.integer({ min: 0, max: 1_000_000_000 }), createdAt: created })
      .chain(({ steps, createdAt }) => {
        const most = Math.floor(1e15 / (steps + 1));
        const episode = fc.oneof(fc.integer({ min: 0, max: Math.min(most, 1_000_000_000) - 1 }), fc.constant(0));
        return fc.tuple(
          fc.constant({ steps, createdAt, most }),
          episode,
          fc.oneof(fc.integer({ min: 0, max: steps }), fc.constantFrom(0, steps)),
          fc.integer({ min: 0, max: SEQUENCES - 1 }),
        );
      });
    fc.assert(
      fc.property(place, ([{ steps, createdAt }, episode, step, sequence]) => {
        const micros = BigInt(Date.parse(createdAt)) * 1_000n + BigInt(episode) * BigInt(steps + 1) + BigInt(step);
        const stamp = new Stamps(createdAt, steps).at(episode, step, sequence);
        expect(stamp).toBe(String(micros * 1_000n + BigInt(sequence)));
        expect(BigInt(stamp)).toBeLessThan(2n ** 63n);
      }),
      { numRuns: 2_000 },
    );
  });

  test('differ for every point of a small run, and come in its order', () => {
    const stamps = new Stamps('2026-01-01T00:00:00.000Z', 3);
    const all: bigint[] = [];
    for (let episode = 0; episode < 5; episode++) {
      for (let step = 0; step <= 3; step++) {
        for (const sequence of [0, 1, 999]) all.push(BigInt(stamps.at(episode, step, sequence)));
      }
    }
    expect(new Set(all).size).toBe(60);
    expect(all).toEqual([...all].sort((a, b) => (a < b ? -1 : 1)));
  });

  test('fit up to 1e15 steps', () => {
    expect(Stamps.fits(1_000_000, 999_999_999)).toBe(true);
    expect(Stamps.fits(1_000_000, 1_000_000_000)).toBe(false);
  });

  test('of the wall clock are its milliseconds in nanoseconds', () => {
    expect(Stamps.wall(1_767_225_600_123)).toBe('1767225600123000000');
    expect(Stamps.wall(1_767_225_600_123, 7)).toBe('1767225600123000007');
  });
});
