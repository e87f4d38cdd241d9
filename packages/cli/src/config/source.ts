import type { ConfigPath } from '@ergodic/core';

export type { ConfigPath };

/** Both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A config as it was read: not yet checked, `${NAME}` not yet expanded. */
export interface ConfigSource {
  /** Absolute path. */
  readonly file: string;
  /** The file as the user named it, for messages. */
  readonly name: string;
  /** Plain data; the root is a mapping. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Where the file says this, or undefined: it does not, or it is a module, which has no places. */
  locate(path: ConfigPath, part: 'key' | 'value'): Place | undefined;
}

/** One thing that the command line says over the file. */
export interface Edit {
  readonly path: ConfigPath;
  readonly value: unknown;
  /** As the user typed it, for messages: `--set rewards[0].scale=2`. */
  readonly label: string;
}

/** Keys that would reach the prototype of an object. */
export const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** An argument, short enough to stand before an error. */
export function oneLine(argument: string): string {
  if (argument === '') return '""';
  const text = argument.replaceAll(/\s/g, ' ');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
