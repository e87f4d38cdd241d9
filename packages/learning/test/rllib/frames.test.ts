import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../src/rllib/frames.ts';
import { frame } from './golden.ts';

const RECORDED = ['pong', 'mlp', 'lstm', 'episodes'];

describe('FrameDecoder', () => {
  it('reads what a real server sent', () => {
    const types = RECORDED.map((name) => new FrameDecoder().push(frame(name))[0]!.get('type'));
    expect(types).toEqual(['PONG', 'SET_STATE', 'SET_STATE', 'EPISODES']);
  });

  it('gives the same messages however the bytes are cut', () => {
    const bytes = Buffer.concat(RECORDED.map(frame));
    const whole = new FrameDecoder().push(bytes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 }), (cuts) => {
        const decoder = new FrameDecoder();
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const messages = edges.slice(1).flatMap((end, i) => decoder.push(bytes.subarray(edges[i], end)));
        expect(messages).toEqual(whole);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('keeps what follows a message for the next', () => {
    const decoder = new FrameDecoder();
    const pong = frame('pong');
    expect(decoder.push(Buffer.concat([pong, pong.subarray(0, 11)]))).toHaveLength(1);
    expect(decoder.push(pong.subarray(11))).toHaveLength(1);
  });

  it.each([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request'), 'eight digits, got "HTTP/1.1 400 Bad"'],
    ['another protocol, from its first byte on', Buffer.from('S'), 'eight digits, got "S"'],
    ['a sign before the length', Buffer.from('-0000001x'), 'eight digits'],
    ['a longer message than allowed', Buffer.from('00001025'), 'at most 1024 bytes, got one of 1025'],
    ['a body that is no MessagePack', Buffer.from('00000002\xc1\xc1', 'latin1'), 'must be MessagePack'],
    ['a body that ends too early', Buffer.from('00000002\xdf\xff', 'latin1'), 'must be MessagePack'],
    ['a body that goes on after its value', Buffer.from('00000002\x80\x80', 'latin1'), 'must be MessagePack'],
    ['a value that is no map', Buffer.from('00000001\x07', 'latin1'), 'a map with a type'],
    ['a map without a type', Buffer.from('00000001\x80', 'latin1'), 'a map with a type'],
    ['an empty body', Buffer.from('00000000'), 'must be MessagePack'],
  ])('refuses %s', (_, bytes, rule) => {
    expect(() => new FrameDecoder(1_024).push(bytes)).toThrow(
      expect.objectContaining({ code: 'RLLINK_PROTOCOL', message: expect.stringContaining(rule) }),
    );
  });

  it('takes no memory for a message that is only announced', () => {
    const decoder = new FrameDecoder();
    expect(decoder.push(Buffer.from('99999999'))).toEqual([]);
  });
});

describe('encodeFrame', () => {
  it('writes what it reads, with the length in eight digits', () => {
    const bytes = Buffer.from(encodeFrame({ type: 'PING', half: 0.5, whole: 3, none: null, list: [true, {}] }));
    expect(Number(bytes.subarray(0, 8).toString())).toBe(bytes.length - 8);
    const [read] = new FrameDecoder().push(bytes);
    expect([...read!]).toEqual([
      ['type', 'PING'],
      ['half', 0.5],
      ['whole', 3],
      ['none', null],
      ['list', [true, new Map()]],
    ]);
  });
});
