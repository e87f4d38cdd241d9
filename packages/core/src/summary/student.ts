/**
 * Quantile of Student's t: the x that |T| exceeds with probability `tail` (both sides together), 0 < tail < 1, at `freedom`
 * degrees of freedom, 1 or more. Hill 1970, "Algorithm 396: Student's t-quantiles", CACM 13(10): six digits.
 */
export function studentQuantile(tail: number, freedom: number): number {
  if (freedom === 1) return 1 / Math.tan((tail * Math.PI) / 2);
  if (freedom === 2) return Math.sqrt(2 / (tail * (2 - tail)) - 2);
  const a = 1 / (freedom - 0.5);
  const b = 48 / (a * a);
  let c = ((20_700 * a) / b - 98) * a - 16;
  c = c * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * freedom;
  let x = d * tail;
  let y = Math.exp((2 / freedom) * Math.log(x));
  if (y > 0.05 + a) {
    x = normalQuantile(tail / 2);
    y = x * x;
    if (freedom < 5) c += 0.3 * (freedom - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    y =
      ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y - 1) *
        ((freedom + 1) / (freedom + 2)) +
      1 / y;
  }
  return Math.sqrt(freedom * y);
}

/** Quantile of the normal distribution for 0 < p < 0.5 (negative). Wichura 1988, AS 241, the seven-digit version. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    );
  }
  const r = Math.sqrt(-Math.log(p));
  if (r <= 5) {
    const s = r - 1.6;
    return -(
      (((0.17023821103 * s + 1.3067284816) * s + 2.75681539) * s + 1.4234372777) /
      ((0.12021132975 * s + 0.7370016425) * s + 1)
    );
  }
  const s = r - 5;
  return -(
    (((0.017337203997 * s + 0.42868294337) * s + 3.081226386) * s + 6.657905115) /
    ((0.012258202635 * s + 0.24197894225) * s + 1)
  );
}
