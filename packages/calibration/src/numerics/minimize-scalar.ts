const GOLDEN = 0.3819660112501051;
const MAX_STEPS = 100;

export interface ScalarOptions {
  /** Where the minimum is likely to be, within the bounds: the search begins there. */
  readonly near: readonly [number, number];
  /** Of the place of the minimum. */
  readonly tolerance: number;
}

/**
 * A local minimum of a function of one number between two bounds: an interval around it is found by doubling steps, then narrowed
 * by parabolas and golden sections (Brent 1973, "Algorithms for Minimization Without Derivatives", chapter 5).
 */
export function minimizeBetween(
  f: (x: number) => number,
  lower: number,
  upper: number,
  { near, tolerance }: ScalarOptions,
): { x: number; value: number } {
  const [a, x, b] = bracket(f, lower, upper, near);
  return narrowed(f, a, x, b, tolerance);
}

/** Two ends and a place between them that is lower than both, or than the one that is not a bound. */
function bracket(
  f: (x: number) => number,
  lower: number,
  upper: number,
  near: readonly [number, number],
): [number, number, number] {
  let a = Math.max(lower, near[0]);
  let b = Math.min(upper, near[1]);
  let x = (a + b) / 2;
  let fa = f(a);
  let fx = f(x);
  let fb = f(b);
  for (let width = b - a; ; width *= 2) {
    if (fa < fx && a > lower) {
      [b, fb, x, fx] = [x, fx, a, fa];
      a = Math.max(lower, a - width);
      fa = f(a);
    } else if (fb < fx && b < upper) {
      [a, fa, x, fx] = [x, fx, b, fb];
      b = Math.min(upper, b + width);
      fb = f(b);
    } else return [a, x, b];
  }
}

function narrowed(f: (x: number) => number, from: number, start: number, to: number, tolerance: number) {
  let a = from;
  let b = to;
  let x = start;
  let fx = f(x);
  let [w, v, fw, fv] = [x, x, fx, fx];
  let step = 0;
  let before = b - a;
  for (let i = 0; i < MAX_STEPS && b - a > 4 * tolerance; i++) {
    const middle = (a + b) / 2;
    if (Math.abs(x - middle) <= 2 * tolerance - (b - a) / 2) break;
    const r = (x - w) * (fx - fv);
    const s = (x - v) * (fx - fw);
    const numerator = (x - v) * s - (x - w) * r;
    const denominator = 2 * (s - r);
    const parabolic = denominator === 0 ? Infinity : -numerator / denominator;
    if (Math.abs(parabolic) < Math.abs(before) / 2 && x + parabolic > a && x + parabolic < b) {
      before = step;
      step = parabolic;
    } else {
      before = x < middle ? b - x : a - x;
      step = GOLDEN * before;
    }
    const u = x + (Math.abs(step) >= tolerance ? step : step > 0 ? tolerance : -tolerance);
    const fu = f(u);
    if (fu <= fx) {
      if (u < x) b = x;
      else a = x;
      [v, fv, w, fw, x, fx] = [w, fw, x, fx, u, fu];
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) [v, fv, w, fw] = [w, fw, u, fu];
      else if (fu <= fv || v === x || v === w) [v, fv] = [u, fu];
    }
  }
  return { x, value: fx };
}
