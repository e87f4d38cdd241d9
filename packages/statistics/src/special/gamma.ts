const HALF_LOG_TWO_PI = 0.9189385332046728;

/** Logarithm of the gamma function for x > 0, by Stirling's series after a shift upwards (DLMF 5.11.1). */
export function logGamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : Number.NaN;
  let shift = 1;
  let y = x;
  for (; y < 10; y++) shift *= y;
  const r = 1 / (y * y);
  const series =
    (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r / 156)))))) / y;
  return (y - 0.5) * Math.log(y) - y + HALF_LOG_TWO_PI + series - Math.log(shift);
}
