import { type Bin, binsFor, type Distribution } from '../../data/distribution.ts';
import type { PairedValues } from './pairs.ts';

/** Counts sorted values in bins; one of the edges is 0. */
export function distributionOf(sorted: Float64Array): Distribution {
  const n = sorted.length;
  if (n === 0) return { n, bins: [], below: 0, above: 0 };
  const at = (p: number): number => sorted[Math.round(p * (n - 1))]!;
  const [low, high, width] = binsFor({
    n,
    min: at(0),
    max: at(1),
    q05: at(0.05),
    q25: at(0.25),
    q75: at(0.75),
    q95: at(0.95),
  });
  const counts = new Array<number>(high - low).fill(0);
  let [below, above] = [0, 0];
  for (const value of sorted) {
    if (value < low * width) below++;
    else if (value > high * width) above++;
    // A value at the last edge is in the last bin.
    else counts[Math.min(Math.floor(value / width), high - 1) - low]!++;
  }
  const bins = counts.map((count, i): Bin => ({ from: (low + i) * width, to: (low + i + 1) * width, count }));
  return { n, bins, below, above };
}

/** A path on which two runs did differently. */
export interface PathDifference {
  readonly episode: number;
  readonly a: number;
  readonly b: number;
}

/** The paths with the largest differences in favour of B, or against it; largest first. */
export function extremePaths({ a, b }: PairedValues, favour: 1 | -1, most: number): PathDifference[] {
  const found: PathDifference[] = [];
  const size = (path: PathDifference): number => favour * (path.b - path.a);
  for (let episode = 0; episode < a.length; episode++) {
    const path = { episode, a: a[episode]!, b: b[episode]! };
    if (!(size(path) > 0) || (found.length === most && size(path) <= size(found.at(-1)!))) continue;
    const place = found.findIndex((other) => size(other) < size(path));
    found.splice(place < 0 ? found.length : place, 0, path);
    found.length = Math.min(found.length, most);
  }
  return found;
}

/**
 * The smallest share of the paths that makes half of all that the runs differ by, in either direction, from the sorted differences; NaN where
 * none differs.
 */
export function concentration(sorted: Float64Array): number {
  const total = sorted.reduce((sum, difference) => sum + Math.abs(difference), 0);
  if (!(total > 0)) return Number.NaN;
  // The largest in size are at either end.
  let [first, last, sum] = [0, sorted.length - 1, 0];
  while (sum < total / 2) sum += -sorted[first]! > sorted[last]! ? -sorted[first++]! : Math.abs(sorted[last--]!);
  return (first + sorted.length - 1 - last) / sorted.length;
}
