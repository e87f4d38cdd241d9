import type { Bounds } from './bounds.ts';
import type { EdgeTest } from './edge.ts';
import type { NullTestManifest } from './manifest.ts';
import type { DriftlessMarket } from './martingale.ts';
import type { OrderTest } from './order-test.ts';
import type { PartName } from './parts.ts';

export type NullVerdict = 'sees the future' | 'keeps state' | 'no sign of it' | 'cannot tell';

/** A test that was made in a run directory, or why it was not. */
export type Made<T> = ({ readonly dir: string } & T) | { readonly leftOut: string };

/** What the runs of a null test tell. */
export interface Findings {
  /** False-alarm rate of both null markets together. */
  readonly level: number;
  readonly bounds: Bounds;
  /** Of an episode. */
  readonly steps: number;
  /** Mean number of fills of an episode of the config as it is. */
  readonly ownFills: number;
  readonly martingale: { readonly dir: string; readonly markets: Readonly<Record<string, DriftlessMarket>> } & EdgeTest;
  /** `returns`: how many of each market it draws from. */
  readonly shuffled: Made<{ readonly returns: Readonly<Record<string, number>> } & EdgeTest>;
  readonly order: Made<OrderTest>;
  /** Episodes that came out differently when they ran again, by run. */
  readonly mismatches: Partial<Record<PartName, readonly number[]>>;
}

/** What a null test found, as `nulltest.json` has it; there NaN and Infinity are null. */
export interface NullTest extends NullTestManifest, Findings {
  readonly dir: string;
  readonly verdict: NullVerdict;
}

export function wasMade<T>(test: Made<T>): test is { readonly dir: string } & T {
  return !('leftOut' in test);
}

/** One alarm is enough; where no test could tell, nothing is told. */
export function verdictOf({ martingale, shuffled, mismatches }: Findings): NullVerdict {
  const verdicts = [martingale.verdict, wasMade(shuffled) ? shuffled.verdict : 'cannot tell'];
  if (verdicts.includes('sees the future')) return 'sees the future';
  if (Object.keys(mismatches).length > 0) return 'keeps state';
  return verdicts.includes('no sign of it') ? 'no sign of it' : 'cannot tell';
}
