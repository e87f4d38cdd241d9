import { basename } from 'node:path';
import type { ConfigPath } from '@ergodic/core';
import { type Manifest, marketSection } from '@ergodic/workers';
import { type ConfigDifference, differencesOf } from './differences.ts';

type Keyed = Pick<Manifest, 'config' | 'inputs'>;

/** What keeps two runs from sharing their price paths; empty where their market keys should be the same. */
export function marketDifferences(a: Keyed, b: Keyed): ConfigDifference[] {
  const differences = differencesOf(named(a), named(b));
  if (differences.length > 0) return differences;
  // The key has the markets in their order, as the engine has them.
  const [first, second] = [Object.keys(a.config.markets), Object.keys(b.config.markets)];
  const path: ConfigPath = ['order of markets'];
  return first.join('\n') === second.join('\n') ? [] : [{ path, a: first.join(', '), b: second.join(', ') }];
}

/** The market section with names where it has lists of pairs, and files by name and content. */
function named({ config, inputs }: Keyed): unknown {
  const hashes = new Map(inputs.flatMap(({ role, name, sha256 }) => (role === 'candles' ? [[name, sha256]] : [])));
  const { markets, randomize, antithetic, ...rest } = marketSection(config, hashes);
  const described = markets.map(([symbol, market]) => {
    const own = config.markets[symbol]!;
    return [symbol, 'file' in own ? { ...own, file: fileText(own.file, (market as { file?: string }).file) } : own];
  });
  return {
    ...rest,
    antithetic: antithetic ?? false,
    markets: Object.fromEntries(described),
    randomize: Object.fromEntries(randomize ?? []),
  };
}

function fileText(file: string, hash: string | undefined): string {
  return `${basename(file)}, SHA-256 ${hash?.slice(0, 12) ?? 'unknown'}`;
}
