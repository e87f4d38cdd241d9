import { describe, expect, it } from 'vitest';
import { confidence, count, exactPercent, money, number, percent, shellWord, span } from '../../src/report/format.ts';

const THIN = '\u202f';

describe('format', () => {
  it('writes fractions as percent', () => {
    expect(percent(-0.3287)).toBe(`−32.9${THIN}%`);
    expect(percent(12.3456)).toBe(`1,235${THIN}%`);
    expect(percent(0.0001234)).toBe(`0.012${THIN}%`);
    expect(percent(-0)).toBe(`0${THIN}%`);
    expect(exactPercent(0.07)).toBe(`7${THIN}%`);
  });

  it('writes money, counts and other numbers', () => {
    expect(money(1234.5)).toBe('1,234.50');
    expect(money(0.00123456)).toBe('0.001235');
    expect(count(10_000)).toBe('10,000');
    expect(number(-0.000001234)).toBe('−1.23e−6');
    expect(number(1.23456)).toBe('1.235');
  });

  it('writes a dash for what is not defined', () => {
    for (const show of [percent, money, number]) {
      for (const x of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(show(x)).toBe('–');
    }
  });

  it('writes an interval with the digits that it is worth', () => {
    expect(confidence([1.00234, 1.00312], number)).toBe('1.00234 to 1.00312');
    expect(confidence([-4.466, -2.396], number)).toBe('−4.5 to −2.4');
    expect(confidence([null, null], number)).toBe('–');
  });

  it('writes spans of time in a handy unit', () => {
    expect(span(2_000 * 3_600_000)).toBe('83.3 days');
    expect(span(90 * 60_000)).toBe('90 minutes');
    expect(span(0)).toBe('0 days');
  });

  it('quotes paths for a shell', () => {
    expect(shellWord('/tmp/run-1')).toBe('/tmp/run-1');
    expect(shellWord("/tmp/it's mine")).toBe(`'/tmp/it'\\''s mine'`);
  });
});
