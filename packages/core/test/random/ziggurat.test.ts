import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rootKey, type SubstreamKey, substreamKey } from '../../src/random/key.ts';
import { murmur3x86x128 } from '../../src/random/murmur3.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { ACCEPT, rareNormal, WIDTH, ZIGGURAT_R } from '../../src/random/ziggurat.ts';
import {
  binCounts,
  correlationZ,
  equiprobableEdges,
  FALSE_ALARM,
  meanOf,
  normalCdf,
  uniformP,
  Z_MAX,
} from './statistics.ts';

const reference = JSON.parse(readFileSync(new URL('./golden/reference.json', import.meta.url), 'utf8')) as {
  normals: { key: SubstreamKey; count: number; values: [number, number][]; after: number[] };
};

const n = 1_000_000;
const values = new Float64Array(n);
new RandomStream(substreamKey(rootKey('normal'), 0, 'test')).fillNormal(values, 0, n);

describe('the algorithm', () => {
  test('gives the values and the state of golden/reference.py, tail and wedges included', () => {
    const { key, count, values, after } = reference.normals;
    const stream = new RandomStream(key);
    const actual = new Float64Array(count);
    stream.fillNormal(actual, 0, count);
    // libm and V8 may differ by an ulp in exp and log; the recursion of the tables makes that 1e-14 at the top.
    for (const [i, x] of values) expect(Math.abs(actual[i]! - x), `${i}`).toBeLessThan(1e-12 * Math.abs(x));
    expect(values.filter(([, x]) => Math.abs(x) > ZIGGURAT_R).length).toBeGreaterThan(0);
    expect(stream.save()).toEqual(after);
  });

  test('tables and first million normals are pinned to the bit', () => {
    const hash = (array: Float64Array): string => murmur3x86x128(new Uint8Array(array.buffer), 0).join(' ');
    expect(hash(WIDTH)).toMatchInlineSnapshot(`"-1238917671 -1740534836 886718501 -2106148059"`);
    expect(hash(ACCEPT)).toMatchInlineSnapshot(`"-262923696 -1014425831 79460098 -59096422"`);
    expect(hash(values)).toMatchInlineSnapshot(`"-987954797 255698895 -376696816 -992039338"`);
  });

  test('the layers have one area and end at the top of the curve', () => {
    const f = (x: number): number => Math.exp(-0.5 * x * x);
    const edges = [...Array.from(WIDTH, (w) => w * 2 ** 22), 0];
    const area = edges[0]! * f(ZIGGURAT_R);
    const tail = Math.sqrt(2 * Math.PI) * normalCdf(-ZIGGURAT_R);
    expect(ZIGGURAT_R * f(ZIGGURAT_R) + tail).toBeCloseTo(area, 15);
    for (let i = 1; i < 256; i++) {
      expect(edges[i + 1]!).toBeLessThan(edges[i]!);
      expect(edges[i]! * (f(edges[i + 1]!) - f(edges[i]!)), `layer ${i}`).toBeCloseTo(area, 14);
      expect(ACCEPT[i]!).toBeCloseTo((edges[i + 1]! / edges[i]!) * 2 ** 22, 8);
    }
  });

  test('the tail has the sign of the candidate and lies beyond R', () => {
    const stream = new RandomStream([1, 2, 3, 4]);
    for (let i = 0; i < 1000; i++) {
      expect(rareNormal(stream, 0x7fff_ff00, 0)).toBeGreaterThanOrEqual(ZIGGURAT_R);
      expect(rareNormal(stream, 0x8000_0000 | 0, 0)).toBeLessThanOrEqual(-ZIGGURAT_R);
    }
  });
});

describe('a million normals', () => {
  // Moment estimates of n normals have variances 1/n, 2/n, 15/n, 96/n: Var(x), Var(x²), Var(x³), Var(x⁴).
  test.each([
    ['mean', 1, 0, 1],
    ['variance', 2, 1, 2],
    ['skew', 3, 0, 15],
    ['kurtosis', 4, 3, 96],
  ])('%s', (_, power, expected, variance) => {
    const moment = meanOf(values, (x) =>
      power === 1 ? x : power === 2 ? x * x : power === 3 ? x * x * x : x * x * x * x,
    );
    expect(Math.abs(moment - expected)).toBeLessThan(Z_MAX * Math.sqrt(variance / n));
  });

  test('fill 1000 equiprobable bins, 1000 expected in each', () => {
    const edges = equiprobableEdges(normalCdf, 1000, -10, 10);
    expect(uniformP(binCounts(values, edges))).toBeGreaterThan(FALSE_ALARM);
  });

  test('fill 200 equiprobable bins of the magnitude (wedges and layers)', () => {
    const edges = equiprobableEdges((x) => 1 - 2 * normalCdf(-x), 200, 0, 10);
    expect(uniformP(binCounts(values.map(Math.abs), edges))).toBeGreaterThan(FALSE_ALARM);
  });

  test.each([2.5, 3.5, ZIGGURAT_R, 4])('exceed %d as often as they must', (bound) => {
    const p = normalCdf(-bound);
    for (const sign of [-1, 1]) {
      const share = meanOf(values, (x) => (sign * x > bound ? 1 : 0));
      expect(Math.abs(share - p)).toBeLessThan(Z_MAX * Math.sqrt((p * (1 - p)) / n)); // binomial
    }
  });

  test('correlate neither with their neighbours nor, squared, with their neighbours’ squares', () => {
    const squares = values.map((x) => x * x);
    expect(Math.abs(correlationZ(values, values.subarray(1)))).toBeLessThan(Z_MAX);
    expect(Math.abs(correlationZ(squares, squares.subarray(1)))).toBeLessThan(Z_MAX);
  });
});

test('beyond 4.5, where only the tail draws: 8 million normals hold a Poisson count', () => {
  const stream = new RandomStream(substreamKey(rootKey('tail'), 0, 'test'));
  const out = new Float64Array(n);
  let count = 0;
  for (let block = 0; block < 8; block++) {
    stream.fillNormal(out, 0, n);
    for (let i = 0; i < n; i++) if (Math.abs(out[i]!) > 4.5) count++;
  }
  const expected = 8 * n * 2 * normalCdf(-4.5); // 54.4
  expect(Math.abs(count - expected)).toBeLessThan(Z_MAX * Math.sqrt(expected));
});

test('the tail itself: 20000 values fill 100 equiprobable bins of the normal beyond R', () => {
  const stream = new RandomStream(substreamKey(rootKey('tail'), 1, 'test'));
  const tail = Float64Array.from({ length: 20_000 }, () => rareNormal(stream, 0x7fff_ff00, 0));
  const beyond = normalCdf(-ZIGGURAT_R);
  const edges = equiprobableEdges((x) => 1 - normalCdf(-x) / beyond, 100, ZIGGURAT_R, 12);
  expect(uniformP(binCounts(tail, edges))).toBeGreaterThan(FALSE_ALARM); // 200 expected a bin
});

test('the layer does not correlate with the value; its neighbours’ magnitudes neither', () => {
  const stream = new RandomStream(substreamKey(rootKey('layer'), 0, 'test'));
  const layers = new Float64Array(200_000);
  const drawn = new Float64Array(200_000);
  for (let i = 0; i < drawn.length; i++) {
    const state = stream.save();
    layers[i] = stream.nextUint32() & 255;
    stream.restore(state);
    drawn[i] = stream.normal();
  }
  // r √n: within a layer the value is symmetric, so layer and value are uncorrelated; other draws are independent.
  expect(Math.abs(correlationZ(layers, drawn))).toBeLessThan(Z_MAX);
  expect(Math.abs(correlationZ(layers, drawn.map(Math.abs).subarray(1)))).toBeLessThan(Z_MAX);
});
