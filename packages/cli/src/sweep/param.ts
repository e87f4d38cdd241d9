import type { Parameter, Values } from '@ergodic/analysis';
import { preview } from '@ergodic/core';
import { UsageError } from '../config/errors.ts';
import { parsePath, parseValue } from '../config/set.ts';
import { oneLine } from '../config/source.ts';

const EXAMPLE = '--param strategy.fast=5..20';
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?::(${NUMBER}))?(\\s+log)?$`);
/** A text that was meant to be a range: it starts as a number, and has dots for the ends. */
const LIKE_RANGE = new RegExp(`^${NUMBER}\\s*\\.\\.`);
const WHOLE = /^[+-]?\d+$/;

/**
 * Reads `path=values`: a path as `--set` has it, and
 *
 *     5..20            whole numbers, one by one
 *     20..100:10       in steps
 *     0.001..0.1       any number between (random search only), with ` log` behind it the logarithm is uniform
 *     0.5,1,"text"     a list of YAML values: numbers, true, text, {targetWeight: 0.5}
 *
 * Throws UsageError.
 */
export function parseParam(text: string): Parameter {
  const label = `--param ${oneLine(text)}`;
  const { path, end } = parsePath(text, label, EXAMPLE);
  const given = text.slice(end + 1).trim();
  if (given === '') throw new UsageError(`${label}: has no values; for example ${EXAMPLE}, or a list: 5,10,20`);
  const values = LIKE_RANGE.test(given) ? parseRange(given, label) : parseList(given, label);
  return { path, values, label };
}

function parseRange(text: string, label: string): Values {
  const match = RANGE.exec(text);
  if (match === null) {
    const wayOut = 'write 5..20, 20..100:10, 0.1..0.5 or 1e-4..1e-2 log, or quote a text: "1..2"';
    throw new UsageError(
      `${label}: a range must be low..high, low..high:step or low..high log, got ${preview(text)}; ${wayOut}`,
    );
  }
  const [, first, last, by, log] = match;
  const [low, high] = [Number(first), Number(last)];
  const isInteger = WHOLE.test(first!) && WHOLE.test(last!);
  if (!(low <= high))
    throw new UsageError(`${label}: a range must go from low to high, got ${first} and ${last}; swap them`);
  if (log !== undefined) return logRange({ low, high, isInteger }, by, label);
  if (by === undefined) {
    return isInteger ? { kind: 'steps', low, high, step: 1 } : { kind: 'interval', low, high, isLog: false, isInteger };
  }
  const step = Number(by);
  if (!(step > 0)) throw new UsageError(`${label}: the step must be above 0, got ${by}`);
  return { kind: 'steps', low, high, step };
}

function logRange(
  ends: { low: number; high: number; isInteger: boolean },
  by: string | undefined,
  label: string,
): Values {
  if (by !== undefined) {
    throw new UsageError(`${label}: a log range has no step, got ${by}; leave one of the two out, or list values`);
  }
  if (!(ends.low > 0))
    throw new UsageError(`${label}: a log range must be above 0, got ${ends.low}; start at 1e-4, say`);
  return { kind: 'interval', ...ends, isLog: true };
}

function parseList(text: string, label: string): Values {
  const values = parseValue(`[${text}]`, label) as unknown[];
  if (values.length === 0) throw new UsageError(`${label}: has no values; for example ${EXAMPLE}`);
  const keys = values.map((value) => JSON.stringify(value));
  const twice = keys.find((key, i) => keys.indexOf(key) < i);
  if (twice !== undefined) throw new UsageError(`${label}: has ${twice} twice; leave one out`);
  return { kind: 'list', values };
}
