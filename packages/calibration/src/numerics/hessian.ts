import type { Objective } from './minimize.ts';

/** Rise of the function over a step: that of a log-likelihood over a fifth of a standard error. */
const RISE = 0.02;
/** A free number of a bounded parameter that needs a longer step than this has run off towards its bound. */
const LONGEST_BOUNDED = 2;
const SEARCHES = 40;

export interface Curvature {
  /** Second derivatives; zero in the rows and columns of what is flat. */
  readonly hessian: number[][];
  readonly gradient: number[];
  /** Coordinates along which the function does not rise. */
  readonly isFlat: boolean[];
}

/**
 * Second derivatives of a negative log-likelihood near its minimum by central differences. Each step is as long as makes the
 * function rise by 0.02, so that neither rounding nor its higher derivatives count, whatever the units.
 */
export function curvature(f: Objective, x: readonly number[], isBounded: readonly boolean[]): Curvature {
  const n = x.length;
  const center = f(x);
  const steps = x.map((_, i) => stepFor(f, x, center, i, isBounded[i]!));
  const isFlat = steps.map((step) => step === undefined);
  const hessian = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const gradient = new Array<number>(n).fill(0);
  const at = (i: number, byI: number, j: number, byJ: number): number => {
    const to = [...x];
    to[i]! += byI;
    to[j]! += byJ;
    return f(to);
  };
  for (let i = 0; i < n; i++) {
    const h = steps[i];
    if (h === undefined) continue;
    const up = at(i, h, i, 0);
    const down = at(i, -h, i, 0);
    gradient[i] = (up - down) / (2 * h);
    hessian[i]![i] = (up - 2 * center + down) / (h * h);
    for (let j = 0; j < i; j++) {
      const k = steps[j];
      if (k === undefined) continue;
      const mixed = at(i, h, j, k) - at(i, h, j, -k) - at(i, -h, j, k) + at(i, -h, j, -k);
      hessian[i]![j] = hessian[j]![i] = mixed / (4 * h * k);
    }
  }
  return { hessian, gradient, isFlat };
}

/** Step along coordinate i over which the function rises by about RISE, the mean of both directions; undefined where flat. */
function stepFor(
  f: Objective,
  x: readonly number[],
  center: number,
  i: number,
  isBounded: boolean,
): number | undefined {
  const longest = isBounded ? LONGEST_BOUNDED : 1e8 * Math.max(1, Math.abs(x[i]!));
  let h = 1e-3 * Math.max(1, Math.abs(x[i]!));
  const shifted = (by: number): number => f(x.map((v, j) => (j === i ? v + by : v)));
  for (let search = 0; search < SEARCHES; search++) {
    const rise = (shifted(h) + shifted(-h)) / 2 - center;
    if (rise > RISE / 2 && rise < 2 * RISE) return h;
    // Beyond its domain the function is infinite; where it falls, x is no minimum and a longer step shows more.
    const factor = rise > 0 ? Math.sqrt(RISE / rise) : 4;
    h *= Number.isFinite(rise) ? Math.min(8, Math.max(1 / 8, factor)) : 1 / 8;
    if (h > longest) return undefined;
    if (h < 1e-14 * Math.max(1, Math.abs(x[i]!))) return undefined;
  }
  return undefined;
}
