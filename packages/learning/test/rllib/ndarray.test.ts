import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../src/rllib/frames.ts';
import { fromWire, toWire } from '../../src/rllib/ndarray.ts';
import { message } from './golden.ts';

function overTheWire(value: unknown): unknown {
  return new FrameDecoder().push(Buffer.from(encodeFrame({ type: 'X', value })))[0]!.get('value');
}

function wire(fields: Record<string, unknown>): Map<Buffer, unknown> {
  return new Map(Object.entries(fields).map(([key, value]) => [Buffer.from(key), value]));
}

const WHOLE = {
  nd: true,
  type: '<f4',
  kind: Buffer.alloc(0),
  shape: [2],
  data: Buffer.from('0000803f000000c0', 'hex'),
};

describe('arrays as msgpack-numpy writes them', () => {
  it('come back as they went', () => {
    const data = Float32Array.from([1, -2, 0.5, 3, 1e-20, -0]);
    expect(fromWire(overTheWire(toWire({ shape: [2, 3], data })), 'x')).toEqual({ shape: [2, 3], data });
    expect(fromWire(overTheWire(toWire({ shape: [0], data: new Float32Array(0) })), 'x').data).toHaveLength(0);
  });

  it('are written like those of a real server, key by key', () => {
    const episodes = message('episodes').get('episodes') as Map<string, Map<string, unknown>>[];
    const recorded = episodes[0]!.get('actions')!.get('data') as Map<Buffer, unknown>;
    const values = recorded.get([...recorded.keys()].at(-1)!) as Buffer;
    const actions = new BigInt64Array(Uint8Array.from(values).buffer);
    expect(overTheWire(toWire({ shape: [3], data: actions }))).toEqual(recorded);
  });

  it('of a part of a buffer have that part alone', () => {
    const data = Float32Array.from([9, 1, 2, 9]).subarray(1, 3);
    expect([...fromWire(overTheWire(toWire({ shape: [2], data })), 'x').data]).toEqual([1, 2]);
  });

  it.each([
    ['little endian', '<f4', '0000803f', [1]],
    ['big endian', '>f4', '3f800000', [1]],
    ['double precision', '<f8', '000000000000f03f', [1]],
  ])('are read in %s', (_, type, hex, values) => {
    const data = Buffer.from(hex, 'hex');
    expect([...fromWire(wire({ ...WHOLE, type, shape: [1], data }), 'x').data]).toEqual(values);
  });

  it('have a shape without dimensions where they are one number', () => {
    const data = Buffer.from('0000803f', 'hex');
    expect(fromWire(wire({ ...WHOLE, shape: [], data }), 'x')).toEqual({ shape: [], data: Float32Array.of(1) });
  });

  it.each([
    ['no map', 7],
    ['a map with keys of text', new Map(Object.entries(WHOLE))],
    ['integers', wire({ ...WHOLE, type: '<i4' })],
    ['no ndarray', wire({ ...WHOLE, nd: false })],
    ['a shape that is none', wire({ ...WHOLE, shape: [-1] })],
    ['a fraction in the shape', wire({ ...WHOLE, shape: [0.5] })],
    ['too few bytes', wire({ ...WHOLE, shape: [3] })],
    ['too many bytes', wire({ ...WHOLE, shape: [1] })],
    ['text for bytes', wire({ ...WHOLE, data: '00000000' })],
  ])('are refused, by name, where they are %s', (_, value) => {
    expect(() => fromWire(value, 'pi.weight')).toThrow(
      expect.objectContaining({ code: 'RLLINK_PROTOCOL', message: expect.stringMatching(/^pi\.weight: /) }),
    );
  });
});
