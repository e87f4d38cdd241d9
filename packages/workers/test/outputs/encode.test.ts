import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeSeries, extensionOf, type FieldSpec, type FieldValue } from '../../src/outputs/encode.ts';
import { type ParsedPoint, parseLine } from './line-protocol.ts';
import { generator } from './spool-model.ts';

interface Sample {
  readonly measurement: string;
  readonly tags: Record<string, string>;
  readonly fields: readonly FieldSpec[];
  readonly values: readonly FieldValue[];
  readonly stamp: string;
}

/** Texts with everything that line protocol gives a meaning to. */
const nasty = fc.string({
  unit: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(' ', ',', '=', '\\', '"', "'", '#', '\n', '\r', '\t', '\0', '_', '/') },
    { weight: 2, arbitrary: fc.constantFrom('a', 'é', '株', '🚀', '\u2028', '\u0085') },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }) },
  ),
  minLength: 1,
  maxLength: 12,
});

/** What a name becomes: there is no way to write it otherwise. */
const asName = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  text.replaceAll('\\', '/').replace(/[\u0000-\u001f\u007f]/g, '_');
const asText = (text: string): string => text.replace(/[\r\n]+/g, ' ');

const number = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.constantFrom(0, -0, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, -1.5e300, 0.1 + 0.2),
);
const field = fc.oneof(
  fc.record({ kind: fc.constant('float' as const), value: number }),
  fc.record({ kind: fc.constant('integer' as const), value: fc.maxSafeInteger() }),
  fc.record({ kind: fc.constant('text' as const), value: nasty }),
  fc.constantFrom(
    { kind: 'float' as const, value: Number.NaN },
    { kind: 'float' as const, value: Number.POSITIVE_INFINITY },
    { kind: 'text' as const, value: '' },
  ),
);

const sample: fc.Arbitrary<Sample> = fc
  .record({
    // Measurements are ours.
    measurement: fc.constantFrom('equity', 'a b', 'a,b', 'é'),
    tags: fc.uniqueArray(fc.tuple(nasty, nasty), { selector: ([key]) => asName(key), maxLength: 4 }),
    fields: fc.uniqueArray(fc.tuple(nasty, field), { selector: ([key]) => asName(key), minLength: 1, maxLength: 6 }),
    stamp: fc.bigInt(1_000_000_000_000_000_000n, 2_000_000_000_000_000_000n),
  })
  .map(({ measurement, tags, fields, stamp }) => ({
    measurement,
    tags: Object.fromEntries(tags),
    fields: fields.map(([name, { kind }]) => ({ name, kind })),
    values: fields.map(([, { value }]) => value),
    stamp: String(stamp),
  }));

const isLeftOut = (value: FieldValue): boolean =>
  value === '' || (typeof value === 'number' && !Number.isFinite(value));

function expected({ measurement, tags, fields, values, stamp }: Sample): ParsedPoint {
  const kept = fields.flatMap(({ name, kind }, i) => {
    const value = values[i]!;
    if (isLeftOut(value)) return [];
    return [[asName(name), { kind, value: typeof value === 'string' ? asText(value) : value + 0 }] as const];
  });
  return {
    measurement,
    tags: new Map(Object.entries(tags).map(([key, value]) => [asName(key), asName(value)])),
    fields: new Map(kept),
    stamp,
  };
}

describe('encodeSeries', () => {
  test('writes one line that the rules of line protocol read back, whatever the names and texts', () => {
    fc.assert(
      fc.property(sample, (one) => {
        const line = encodeSeries('line-protocol', one.measurement, one.tags, one.fields)(one.values, one.stamp);
        if (one.values.every(isLeftOut)) {
          expect(line).toBe('');
          return;
        }
        expect(line.indexOf('\n')).toBe(line.length - 1);
        // As the file and the server have it.
        expect(parseLine(Buffer.from(line).toString('utf8').slice(0, -1))).toEqual(expected(one));
      }),
      { numRuns: 3_000 },
    );
  });

  test('writes the same point as JSON, names and texts unchanged', () => {
    fc.assert(
      fc.property(sample, (one) => {
        const { measurement, tags, fields, values, stamp } = one;
        const line = encodeSeries('ndjson', measurement, tags, fields)(values, stamp);
        if (values.every(isLeftOut)) {
          expect(line).toBe('');
          return;
        }
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const kept = fields.flatMap(({ name }, i) => {
          const value = values[i]!;
          return isLeftOut(value) ? [] : [[name, typeof value === 'number' ? value + 0 : value] as const];
        });
        expect(JSON.parse(line)).toEqual({ measurement, tags, fields: Object.fromEntries(kept), time: stamp });
      }),
      { numRuns: 2_000 },
    );
  });

  test('writes whole numbers where a field holds them: a latency of 0.5 ms makes half milliseconds', () => {
    const fields: FieldSpec[] = [{ name: 'timeMs', kind: 'integer' }];
    const stamp = '1767225600000000000';
    for (const format of ['line-protocol', 'ndjson'] as const) {
      const at = (value: number) => encodeSeries(format, 'fills', {}, fields)([value], stamp);
      expect([1_767_225_600_000, 1_767_225_600_001].map(at)).toContain(at(1_767_225_600_000.5));
      expect(at(-0)).toBe(at(0));
    }
  });

  test('writes doubles that read back as the same, of every size', () => {
    const random = generator(3);
    const bits = new DataView(new ArrayBuffer(8));
    const doubles = Array.from({ length: 12_000 }, (_, i) => {
      if (i % 4 === 0) return (random() - 0.5) * 10 ** Math.floor(40 * random() - 20);
      if (i % 4 === 1) return Math.round(1e8 * random()) / 10 ** Math.floor(9 * random());
      if (i % 4 === 2) return 10 ** Math.floor(34 * random() - 17) * (1 + (Math.floor(9 * random()) - 4) * 2 ** -52);
      bits.setUint32(0, 2 ** 32 * random());
      bits.setUint32(4, 2 ** 32 * random());
      return bits.getFloat64(0);
    });
    const encode = encodeSeries('ndjson', 'm', {}, [{ name: 'v', kind: 'float' }]);
    const wrong = doubles.filter((one) => {
      if (!Number.isFinite(one)) return false;
      return JSON.parse(encode([one], '1767225600000000000')).fields.v !== one;
    });
    expect(wrong).toEqual([]);
  });

  test('names a file after its format', () => {
    expect([extensionOf('line-protocol'), extensionOf('ndjson')]).toEqual(['lp', 'ndjson']);
  });
});
