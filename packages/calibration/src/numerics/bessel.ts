import { logGamma } from '@ergodic/statistics';

const HALF_LOG_TWO_PI = 0.9189385332046728;

/** Beyond this distance from the origin, in (order, argument), Debye's expansions hold to 1e-10. */
const FAR = 80;

/** log(I_ν(x)) − x, of the modified Bessel function of the first kind, for ν > −1 and x > 0. */
export function logBesselIScaled(order: number, x: number): number {
  if (order < 0) {
    // DLMF 10.29.1: I_ν = I_(ν+2) + 2(ν+1)/x·I_(ν+1), all terms positive.
    const ahead = logBesselIScaled(order + 2, x);
    const next = logBesselIScaled(order + 1, x) + Math.log((2 * (order + 1)) / x);
    const larger = Math.max(ahead, next);
    return larger + Math.log1p(Math.exp(Math.min(ahead, next) - larger));
  }
  const radius = Math.sqrt(order * order + x * x);
  if (radius > FAR) {
    return (
      debyeExponent(order, x, radius) - HALF_LOG_TWO_PI - Math.log(radius) / 2 + Math.log(debyeSum(order, radius, 1))
    );
  }
  // DLMF 10.25.2, all terms positive.
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= quarter / (k * (k + order));
    sum += term;
  }
  return order * Math.log(x / 2) - logGamma(order + 1) + Math.log(sum) - x;
}

/** log(K_ν(x)) + x, of the modified Bessel function of the second kind, for x > 0. */
export function logBesselKScaled(order: number, x: number): number {
  const nu = Math.abs(order);
  const radius = Math.sqrt(nu * nu + x * x);
  if (radius > FAR) {
    const size = Math.log(Math.PI / 2) / 2 - Math.log(radius) / 2;
    return -debyeExponent(nu, x, radius) + size + Math.log(debyeSum(nu, radius, -1));
  }
  // ∫ exp(−x·cosh t)·cosh(νt) dt (DLMF 10.32.9) by the trapezoidal rule, whose error falls like exp(−π²/h) here.
  const h = Math.min(0.25, 0.7 / Math.sqrt(Math.max(radius, 1e-300)));
  // In units of its largest exponent, at sinh t = ν/x.
  const peak = Math.asinh(nu / x);
  const exponent = (t: number): number => x - x * Math.cosh(t) + nu * t;
  const top = exponent(peak);
  let sum = 0;
  for (let k = 0; ; k++) {
    const t = k * h;
    const e = exponent(t) - top;
    const term = Math.exp(e) * (1 + Math.exp(-2 * nu * t)) * (k === 0 ? 0.25 : 0.5);
    sum += term;
    if (t > peak && e < -38) break;
  }
  return top + Math.log(sum * h);
}

/** log of the leading exponential of I_ν(x), minus x (DLMF 10.41.3), written so that nothing cancels where x is large. */
function debyeExponent(order: number, x: number, radius: number): number {
  return (order * order) / (radius + x) - order * Math.asinh(order / x);
}

/** Σ (±1)^k·U_k(p)/ν^k of DLMF 10.41.3 and 10.41.4 up to k = 4, with p/ν = 1/radius. */
function debyeSum(order: number, radius: number, sign: 1 | -1): number {
  const w = sign / radius;
  const q = (order / radius) * (order / radius);
  const u1 = (3 - 5 * q) / 24;
  const u2 = (81 - q * (462 - 385 * q)) / 1152;
  const u3 = (30375 - q * (369603 - q * (765765 - 425425 * q))) / 414720;
  const u4 = (4465125 - q * (94121676 - q * (349922430 - q * (446185740 - 185910725 * q)))) / 39813120;
  return 1 + w * (u1 + w * (u2 + w * (u3 + w * u4)));
}
