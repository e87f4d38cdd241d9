import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RandomStream, type StreamState } from '../../src/random/stream.ts';

interface Case {
  readonly key: StreamState;
  readonly jump: StreamState;
  readonly longJump: StreamState;
}

const cases = JSON.parse(readFileSync(new URL('./golden/jumps.json', import.meta.url), 'utf8')) as Case[];

describe('jumpFrom', () => {
  it.each(cases)('is where 2^64 and 2^96 draws lead from $key', ({ key, jump, longJump }) => {
    const from = new RandomStream(key);
    const stream = new RandomStream([1, 1, 1, 1]);
    stream.jumpFrom(from);
    expect(stream.save()).toEqual(jump);
    stream.jumpFrom(from, true);
    expect(stream.save()).toEqual(longJump);
    expect(from.save()).toEqual(key);
  });

  it('mirrors where the stream that it comes from does', () => {
    const from = new RandomStream([1, 2, 3, 4]);
    const plain = new RandomStream([1, 2, 3, 4]);
    plain.jumpFrom(from);
    from.mirror(true);
    const mirrored = new RandomStream([1, 2, 3, 4]);
    mirrored.jumpFrom(from);
    for (let i = 0; i < 1_000; i++) expect(mirrored.normal()).toBe(-plain.normal());
  });
});

describe('mirror', () => {
  it('turns the sign of every normal, one by one and in bulk, and of nothing else', () => {
    const plain = new RandomStream([5, 6, 7, 8]);
    const mirrored = new RandomStream([5, 6, 7, 8]);
    mirrored.mirror(true);
    const a = new Float64Array(5_000);
    const b = new Float64Array(5_000);
    plain.fillNormal(a, 3, 4_990);
    mirrored.fillNormal(b, 3, 4_990);
    expect(Array.from(b)).toEqual(Array.from(a, (x, i) => (i >= 3 && i < 4_990 ? -x : 0)));
    for (let i = 0; i < 1_000; i++) expect(mirrored.normal()).toBe(-plain.normal());
    expect(mirrored.nextDouble()).toBe(plain.nextDouble());
    expect(mirrored.exponential()).toBe(plain.exponential());
    expect(mirrored.poisson(3)).toBe(plain.poisson(3));
  });

  it('survives a reset and ends when it is taken back', () => {
    const stream = new RandomStream([5, 6, 7, 8]);
    const first = stream.normal();
    stream.mirror(true);
    stream.reset([5, 6, 7, 8]);
    expect(stream.normal()).toBe(-first);
    stream.mirror(false);
    stream.reset([5, 6, 7, 8]);
    expect(stream.normal()).toBe(first);
  });
});
