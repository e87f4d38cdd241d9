/**
 * p-values adjusted for their number: Holm (1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6). The chance of any false rejection is at most the level, whatever their dependence. In the order of the input; NaN
 * stays NaN and is not counted. Throws RangeError for a value outside 0 to 1.
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const adjusted = Float64Array.from(pValues);
  const order: number[] = [];
  for (let i = 0; i < adjusted.length; i++) {
    const p = adjusted[i]!;
    if (p < 0 || p > 1) throw new RangeError(`holm: a p-value is from 0 to 1, got ${p} at index ${i}`);
    if (!Number.isNaN(p)) order.push(i);
  }
  order.sort((i, j) => pValues[i]! - pValues[j]!);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[i]! * (order.length - rank)));
    adjusted[i] = largest;
  });
  return adjusted;
}
