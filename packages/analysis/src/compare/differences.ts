import type { ConfigPath } from '@ergodic/core';

/** A value that two configs do not share; undefined where one lacks it. */
export interface ConfigDifference {
  readonly path: ConfigPath;
  readonly a: unknown;
  readonly b: unknown;
}

/** The leaves in which two values differ, in the order of their keys. Lists are leaves: their places have no names. */
export function differencesOf(a: unknown, b: unknown, path: ConfigPath = []): ConfigDifference[] {
  if (isMapping(a) && isMapping(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => differencesOf(a[key], b[key], [...path, key]));
  }
  return isSame(a, b) ? [] : [{ path, a, b }];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Configs are plain data: what is written alike is alike, whatever the order of its keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => isSame(value, b[i]));
  return isMapping(a) && isMapping(b) ? differencesOf(a, b).length === 0 : a === b;
}
