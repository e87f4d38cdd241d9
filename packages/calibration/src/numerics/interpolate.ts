/** The value at `s` from 0 to 1 between entries i and i + 1 of a table, by the polynomial through entries i − 2 to i + 3. */
export function sixPoint(table: Float64Array, i: number, s: number): number {
  const a = s + 2;
  const b = s + 1;
  const d = s - 1;
  const e = s - 2;
  const g = s - 3;
  return (
    (-table[i - 2]! * b * s * d * e * g) / 120 +
    (table[i - 1]! * a * s * d * e * g) / 24 -
    (table[i]! * a * b * d * e * g) / 12 +
    (table[i + 1]! * a * b * s * e * g) / 12 -
    (table[i + 2]! * a * b * s * d * g) / 24 +
    (table[i + 3]! * a * b * s * d * e) / 120
  );
}

/** A smooth function on an interval, from a table of `nodes` values. */
export function tabulated(f: (x: number) => number, from: number, to: number, nodes: number): (x: number) => number {
  const step = Math.max((to - from) / (nodes - 6), 1e-6);
  const start = from - 2 * step;
  const table = Float64Array.from({ length: nodes }, (_, i) => f(start + i * step));
  return (x) => {
    const place = (x - start) / step;
    const i = Math.min(nodes - 4, Math.max(2, Math.floor(place)));
    return sixPoint(table, i, place - i);
  };
}
