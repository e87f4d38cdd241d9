/** Two things measured one right after the other, several times: what they share, such as a slow minute, cancels out. */
export interface Comparison {
  readonly name: string;
  /** What `value` measures, and what `base` does; the ratio is value over base. */
  readonly value: string;
  readonly base: string;
  readonly unit: string;
  readonly pairs: readonly Pair[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Pair {
  readonly value: number;
  readonly base: number;
  readonly ratio: number;
}

/** Measures `count` pairs; which of the two goes first alternates. */
export async function comparePairs(
  labels: Pick<Comparison, 'name' | 'value' | 'base' | 'unit'>,
  count: number,
  measureValue: () => number | Promise<number>,
  measureBase: () => number | Promise<number>,
): Promise<Comparison> {
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    let value = 0;
    if (i % 2 === 0) value = await measureValue();
    const base = await measureBase();
    if (i % 2 === 1) value = await measureValue();
    pairs.push({ value, base, ratio: value / base });
  }
  const ratios = pairs.map(({ ratio }) => ratio).sort((a, b) => a - b);
  return { ...labels, pairs, median: median(ratios), min: ratios[0]!, max: ratios.at(-1)! };
}

/** Median of sorted numbers. */
export function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
