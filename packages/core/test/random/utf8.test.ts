import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Bytes } from '../../src/random/utf8.ts';

test('bytes are those of TextEncoder for any well-formed text', () => {
  const codePoint = fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff);
  fc.assert(
    fc.property(fc.array(fc.oneof(codePoint, fc.nat(0x7ff)), { maxLength: 20 }), (codes) => {
      const text = String.fromCodePoint(...codes);
      expect([...utf8Bytes(text)]).toEqual([...new TextEncoder().encode(text)]);
    }),
  );
  expect([...utf8Bytes('%41é')]).toEqual([0x25, 0x34, 0x31, 0xc3, 0xa9]);
});

test('a lone surrogate is refused', () => {
  expect(() => utf8Bytes('a\ud800')).toThrow(
    new RangeError('text to hash must be well-formed Unicode, got "a\\ud800"'),
  );
});
