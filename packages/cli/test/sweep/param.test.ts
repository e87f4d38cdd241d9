import { describe, expect, test } from 'vitest';
import { parseParam } from '../../src/sweep/param.ts';

describe('values of a parameter', () => {
  test.each([
    ['5..20', { kind: 'steps', low: 5, high: 20, step: 1 }],
    ['20..100:10', { kind: 'steps', low: 20, high: 100, step: 10 }],
    ['-2..2', { kind: 'steps', low: -2, high: 2, step: 1 }],
    ['0.1..0.5:0.1', { kind: 'steps', low: 0.1, high: 0.5, step: 0.1 }],
    ['0.1..0.5', { kind: 'interval', low: 0.1, high: 0.5, isLog: false, isInteger: false }],
    ['1e-4..1e-2 log', { kind: 'interval', low: 1e-4, high: 1e-2, isLog: true, isInteger: false }],
    ['1..1000 log', { kind: 'interval', low: 1, high: 1000, isLog: true, isInteger: true }],
    ['.5..1', { kind: 'interval', low: 0.5, high: 1, isLog: false, isInteger: false }],
    ['7', { kind: 'list', values: [7] }],
    ['0.0005, 0.001', { kind: 'list', values: [0.0005, 0.001] }],
    ['true,false', { kind: 'list', values: [true, false] }],
    ['sma-cross,../own.ts', { kind: 'list', values: ['sma-cross', '../own.ts'] }],
    ['"1..2"', { kind: 'list', values: ['1..2'] }],
    ['{targetWeight: 0.5},{targetWeight: 1}', { kind: 'list', values: [{ targetWeight: 0.5 }, { targetWeight: 1 }] }],
  ])('%s', (text, values) => {
    expect(parseParam(`strategy.x=${text}`)).toEqual({
      path: ['strategy', 'x'],
      values,
      label: `--param strategy.x=${text}`,
    });
  });

  test('a path has names with dots in brackets, as --set has them', () => {
    expect(parseParam('rewards[1].scale=1,2').path).toEqual(['rewards', 1, 'scale']);
    expect(parseParam('randomize["strategy.fast"].value=1,2').path).toEqual(['randomize', 'strategy.fast', 'value']);
  });
});

describe('errors name the option, the rule and the way out', () => {
  test.each([
    ['strategy.fast', 'must be path=value, has no =; for example --param strategy.fast=5..20'],
    ['strategy.fast=', 'has no values; for example --param strategy.fast=5..20'],
    ['strategy.fast=20..5', 'a range must go from low to high, got 20 and 5; swap them'],
    ['strategy.fast=5..20:0', 'the step must be above 0, got 0'],
    ['strategy.fast=5..20:-1', 'the step must be above 0, got -1'],
    ['strategy.fast=5..', 'a range must be low..high, low..high:step or low..high log, got "5.."'],
    ['strategy.fast=5..20 lin', 'a range must be low..high'],
    ['strategy.fast=0..1 log', 'a log range must be above 0, got 0'],
    ['strategy.fast=1..8:2 log', 'a log range has no step, got 2'],
    ['strategy.fast=5,6,5', 'has 5 twice; leave one out'],
    ['strategy.fast=[1', 'the value is not valid YAML'],
    ['strategy..fast=1', 'the path is not valid at ".fast=1"'],
    ['__proto__.x=1', 'the key __proto__ is not allowed'],
  ])('%s', (text, message) => {
    expect(() => parseParam(text)).toThrow(`--param ${text}: ${message}`);
  });
});
