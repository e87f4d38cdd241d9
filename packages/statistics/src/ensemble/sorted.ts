const copies = new WeakMap<Float64Array, Float64Array>();

/**
 * The known values in ascending order. The copy is kept as long as the column is, since figures of one column share it: a column must not
 * change after the first call.
 */
export function sortedOf(values: Float64Array): Float64Array {
  let sorted = copies.get(values);
  if (sorted === undefined) {
    // NaN sorts last.
    const copy = values.slice().sort();
    let n = copy.length;
    while (n > 0 && Number.isNaN(copy[n - 1]!)) n--;
    sorted = copy.subarray(0, n);
    copies.set(values, sorted);
  }
  return sorted;
}
