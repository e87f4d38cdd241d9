import type { ConfigPath, RandomStream } from '@ergodic/core';

/** The values that a parameter is tried with. */
export type Values =
  | { readonly kind: 'list'; readonly values: readonly unknown[] }
  /** `low`, `low + step`, …, up to `high`. */
  | { readonly kind: 'steps'; readonly low: number; readonly high: number; readonly step: number }
  /** Any number between: only a random search can draw it. Log: its logarithm is uniform. */
  | {
      readonly kind: 'interval';
      readonly low: number;
      readonly high: number;
      readonly isLog: boolean;
      readonly isInteger: boolean;
    };

/** A place in the config, and what is tried there. */
export interface Parameter {
  readonly path: ConfigPath;
  readonly values: Values;
  /** As the user wrote it, for messages: `--param strategy.fast=5..20`. */
  readonly label: string;
}

/** Steps are written in decimals; sums of them shall be too. */
const DIGITS = 12;
/** A step that ends this far beyond the high end, in steps, still reaches it. */
const REACH = 1e-9;

/** How many values there are; Infinity for an interval. */
export function countOf(values: Values): number {
  switch (values.kind) {
    case 'list':
      return values.values.length;
    case 'steps':
      return Math.floor((values.high - values.low) / values.step + REACH) + 1;
    case 'interval':
      return values.isInteger ? Math.floor(values.high) - Math.ceil(values.low) + 1 : Number.POSITIVE_INFINITY;
  }
}

/** The value with this index, below `countOf`; not of an interval. */
export function valueAt(values: Exclude<Values, { kind: 'interval' }>, index: number): unknown {
  if (values.kind === 'list') return values.values[index];
  return Number((values.low + index * values.step).toPrecision(DIGITS));
}

/** One value, each as likely as any other; of a log interval, each order of magnitude. */
export function drawValue(values: Values, stream: RandomStream): unknown {
  if (values.kind !== 'interval') return valueAt(values, stream.integer(countOf(values)));
  const { low, high, isLog, isInteger } = values;
  if (isInteger) return drawInteger(low, high, isLog, stream);
  const u = stream.nextDouble();
  const value = isLog ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low))) : low + u * (high - low);
  return Math.min(high, Math.max(low, Number(value.toPrecision(DIGITS))));
}

/** Log: floor of a log-uniform draw from low to high + 1, so that the ends are no rarer than what is between. */
function drawInteger(low: number, high: number, isLog: boolean, stream: RandomStream): number {
  if (!isLog) return low + stream.integer(high - low + 1);
  const log = Math.log(low) + stream.nextDouble() * (Math.log(high + 1) - Math.log(low));
  return Math.min(high, Math.max(low, Math.floor(Math.exp(log))));
}
