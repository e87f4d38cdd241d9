import { basename } from 'node:path';
import type { Config } from '@ergodic/core';
import type { Manifest } from '@ergodic/workers';
import { type ConfigDifference, differencesOf } from './differences.ts';

type Described = Pick<Manifest, 'config' | 'inputs'>;

/** What one run does otherwise than another on the same market: all of the config that can move a figure. */
export function changesOf(a: Described, b: Described): ConfigDifference[] {
  return differencesOf(decisive(a), decisive(b));
}

/** Files stand by their name and their content: the same path may hold another strategy. */
function decisive({ config, inputs }: Described): unknown {
  const { strategy, environment, components, portfolio, execution, rewards, randomize, heartbeat } = config;
  return withFiles(
    { strategy, environment, components, portfolio, execution, rewards, randomize: ownDraws(randomize), heartbeat },
    new Map(inputs.flatMap(({ role, path, sha256 }) => (role === 'candles' ? [] : [[path, sha256]]))),
  );
}

/** Draws of the market are part of the market. */
function ownDraws(randomize: Config['randomize']): Config['randomize'] {
  return Object.fromEntries(Object.entries(randomize).filter(([path]) => !/^(markets|steps)\b/.test(path)));
}

function withFiles(value: unknown, hashes: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    const hash = hashes.get(value);
    return hash === undefined ? value : `${basename(value)} (sha256 ${hash.slice(0, 8)})`;
  }
  if (Array.isArray(value)) return value.map((one) => withFiles(one, hashes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withFiles(one, hashes)]));
}
