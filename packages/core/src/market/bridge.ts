import type { RandomStream } from '../random/stream.ts';

/** Terms beyond this exponent are below 1e-13 of the leading one. */
const LAST_EXPONENT = 30;
const MAX_ITERATIONS = 80;
const MAX_TERMS = 200;
/** Of the minimum, in standard deviations of the step. */
const TOLERANCE = 1e-9;

/**
 * The highest and the lowest point of a Brownian path that starts at 0 and ends at a given point: [highest, lowest], drawn
 * from their joint law.
 *
 * The maximum has P(M > b) = exp(−2b(b − end)/variance), which is inverted directly. Given it, the minimum has the ratio of
 * two derivatives of the probability of staying between two barriers (a series of images; Borodin and Salminen 2002,
 * "Handbook of Brownian Motion", 1.15.8), which is inverted numerically to 1e-9 standard deviations.
 */
export class BridgeExtremes {
  highest = 0;
  lowest = 0;

  /** Two uniforms a call, whatever the arguments. `variance` is that of the free path over the step, 0 or more. */
  draw(random: RandomStream, end: number, variance: number): void {
    const forMaximum = 1 - random.nextDouble();
    const forMinimum = 1 - random.nextDouble();
    const deviation = Math.sqrt(variance);
    const c = end / deviation;
    if (!(deviation > 0 && Math.abs(c) < 1e8)) {
      this.highest = Math.max(0, end);
      this.lowest = Math.min(0, end);
      return;
    }
    const b = (c + Math.sqrt(c * c - 2 * Math.log(forMaximum))) / 2;
    this.highest = Math.max(0, end, b * deviation);
    this.lowest = Math.min(0, end, -depth(Math.max(b, 0, c), c, forMinimum) * deviation);
  }
}

/**
 * How far below 0 the minimum lies: the a with P(minimum ≤ −a | maximum = b) = u.
 *
 * Without the condition P would be exp(−2a(a + c)), and √(−½ ln P + ¼c²) the line a + ½c. With it the same root is still nearly a
 * line, on which the secant needs a few steps; bisection keeps it in its bracket.
 */
function depth(b: number, c: number, u: number): number {
  const square = (c * c) / 4;
  const target = Math.sqrt(square - Math.log(u) / 2);
  let low = Math.max(0, -c);
  let high = Number.POSITIVE_INFINITY;
  let before = low;
  let atBefore = Math.abs(c) / 2 - target;
  let a = target - c / 2;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const share = shareBelow(a, b, c);
    const at = (share < 1 ? Math.sqrt(square - Math.log(share) / 2) : Math.abs(c) / 2) - target;
    if (at > 0) high = a;
    else low = a;
    const secant = a - (at * (a - before)) / (at - atBefore);
    before = a;
    atBefore = at;
    if (secant > low && secant < high && secant < a + 1) a = secant;
    else if (at === 0) return a;
    else a = high === Number.POSITIVE_INFINITY ? a + 1 : (low + high) / 2;
    if (Math.abs(a - before) <= TOLERANCE) return a;
  }
  return a;
}

/**
 * P(minimum ≤ −a | maximum = b) of the bridge from 0 to c of variance 1: one less the derivative with respect to b of
 * Σ_k exp(−2kL(c + kL)) − exp(−2(b + kL)(b + kL − c)), L = a + b, over that of its term k = 0, the density of the maximum.
 */
function shareBelow(a: number, b: number, c: number): number {
  const width = a + b;
  const shift = 2 * b * (b - c);
  const density = 2 * (2 * b - c);
  if (!(density > 0)) return a > Math.max(0, -c) ? 0 : 1;
  let sum = 0;
  for (let k = 1; k < MAX_TERMS; k++) {
    const reach = k * width;
    const one = 2 * reach * (reach + c) - shift;
    const other = 2 * reach * (reach - c) - shift;
    const up = 2 * (b + reach) * (b + reach - c) - shift;
    const down = 2 * (reach - b) * (reach - b + c) - shift;
    sum +=
      2 * k * (2 * reach + c) * Math.exp(-one) +
      2 * k * (2 * reach - c) * Math.exp(-other) -
      2 * (1 + k) * (2 * (b + reach) - c) * Math.exp(-up);
    if (k > 1) sum += 2 * (1 - k) * (2 * (reach - b) + c) * Math.exp(-down);
    // Of the terms to come each is at least as small as the smallest exponent here tells.
    if (Math.min(one, other) > LAST_EXPONENT) break;
  }
  return Math.min(1, Math.max(0, sum / density));
}
