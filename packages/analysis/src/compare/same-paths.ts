import { END_REASONS } from '@ergodic/core';
import type { StoredRun } from '../run.ts';
import type { ConfigDifference } from './differences.ts';
import { marketDifferences } from './market-differences.ts';

/** Episodes whose last prices are held against one another: paths that differ do so from the first on. */
const CHECKED_EPISODES = 10_000;
/** `exp` and `log` may differ in their last digits between builds; paths that differ, differ by more. */
const TOLERANCE = 1e-9;

/** Two runs do not share their price paths, so their episodes are no pairs. `code` is `MARKETS_DIFFER`. */
export class MarketsDifferError extends Error {
  readonly code = 'MARKETS_DIFFER';
  /** Directories of the runs. */
  readonly a: string;
  readonly b: string;
  readonly differences: readonly ConfigDifference[];

  constructor(a: string, b: string, differences: readonly ConfigDifference[], reason: string) {
    super(`${a} and ${b} do not share their market paths: ${reason}`);
    this.name = 'MarketsDifferError';
    this.a = a;
    this.b = b;
    this.differences = differences;
  }
}

/**
 * Runs on common random numbers have one market key. The stored prices are looked at too: another version of the engine may
 * have made other paths of the same config.
 *
 * @throws MarketsDifferError
 */
export async function checkSamePaths(a: StoredRun, b: StoredRun): Promise<void> {
  if (a.manifest.marketKey !== b.manifest.marketKey) {
    const differences = marketDifferences(a.manifest, b.manifest);
    const names = differences.map(({ path }) => path.join('.')).join(', ');
    throw new MarketsDifferError(a.dir, b.dir, differences, names === '' ? 'the market keys differ' : names);
  }
  const columns = a.manifest.layout.symbols.map((symbol) => `finalPrice_${symbol}`);
  const below = Math.min(CHECKED_EPISODES, a.manifest.config.episodes, b.manifest.config.episodes);
  const [first, second] = [
    await a.episodes(['steps', ...columns], below),
    await b.episodes(['steps', ...columns], below),
  ];
  const completed = END_REASONS.indexOf('completed');
  for (let i = 0; i < below; i++) {
    // An episode that ended early has another last price on the same path.
    if (first.endReason[i] !== completed || second.endReason[i] !== completed) continue;
    const differing = ['steps', ...columns].find((name) => !isClose(first.column(name)[i]!, second.column(name)[i]!));
    if (differing === undefined) continue;
    const values = `${differing} is ${first.column(differing)[i]} and ${second.column(differing)[i]}`;
    const versions = [a, b].map(({ manifest }) => `${manifest.versions.ergodic} on Node ${manifest.versions.node}`);
    const reason = `of episode ${i} ${values}, although the configs agree; they were made by versions ${versions.join(' and ')}`;
    throw new MarketsDifferError(a.dir, b.dir, [], reason);
  }
}

function isClose(x: number, y: number): boolean {
  return (
    x === y || Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y)) || (Number.isNaN(x) && Number.isNaN(y))
  );
}
