const QUARTER = Math.PI / 2;

/**
 * Sine of a part of a full turn: sin(2 pi x) for x from 0 to 2, within 2 units in the last place of 1. Math.sin gives other last
 * bits on other versions of Node.
 */
export function sinOfTurn(x: number): number {
  const quarter = Math.round(4 * x);
  // From -1/2 to 1/2 of a quarter; the subtraction is exact.
  const angle = (4 * x - quarter) * QUARTER;
  const value = (quarter & 1) === 0 ? sine(angle) : cosine(angle);
  return (quarter & 2) === 0 ? value : -value;
}

/** Taylor series for angles up to pi / 4: what is left out is below 2^-54. */
function sine(angle: number): number {
  const z = angle * angle;
  const tail = 1 / 362880 - z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000)));
  return angle - angle * z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * tail)));
}

function cosine(angle: number): number {
  const z = angle * angle;
  const tail = 1 / 40320 - z * (1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z * (1 / 20922789888000))));
  return 1 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720 - z * tail)));
}
