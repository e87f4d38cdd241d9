/** A function to be minimised. Where it has no value it gives Infinity or NaN, and the search keeps away. */
export type Objective = (x: readonly number[]) => number;

export interface MinimizeOptions {
  /** Size of the first simplex along each coordinate; default: 0.1 + 0.1·|x|. */
  readonly scale?: readonly number[];
  /** The search ends where the simplex, or a step, changes the value by less. Default: 1e-9, in units of the value. */
  readonly tolerance?: number;
  /** Default: 1,000 for each coordinate. */
  readonly maxEvaluations?: number;
}

export interface Minimum {
  readonly x: readonly number[];
  readonly value: number;
  readonly evaluations: number;
  /** False where the evaluations ran out before the tolerance was met. */
  readonly converged: boolean;
}

/** A new search from where the last one ended gains less than this many tolerances: it is the end. */
const RESTART_GAIN = 100;
const MAX_RESTARTS = 8;
/** A polish that gains less than this many tolerances of the simplex search says that it was in the right place. */
const AGREEMENT = 10;

/**
 * A local minimum: a simplex search, begun again from its result until that gains nothing, then a quasi-Newton polish.
 *
 * Throws RangeError where the function has no value at the start.
 */
export function minimize(f: Objective, start: readonly number[], options: MinimizeOptions = {}): Minimum {
  const { tolerance = 1e-9, maxEvaluations = 1_000 * start.length } = options;
  let evaluations = 0;
  const counted: Objective = (x) => {
    evaluations++;
    const value = f(x);
    return Number.isNaN(value) ? Infinity : value;
  };
  let best = { x: start, value: counted(start) };
  if (!Number.isFinite(best.value)) throw new RangeError(`the function has no value at the start, ${start.join(', ')}`);
  if (start.length === 0) return { ...best, evaluations, converged: true };
  // Searched in units of the scale, so that steps of a gradient suit every coordinate.
  const units = options.scale ?? start.map((x) => 0.1 + 0.1 * Math.abs(x));
  const inUnits: Objective = (z) => counted(z.map((v, i) => v * units[i]!));
  best = { x: start.map((x, i) => x / units[i]!), value: best.value };
  let size = 1;
  let converged = false;
  for (let restart = 0; restart < MAX_RESTARTS && evaluations < maxEvaluations; restart++) {
    // The last search only has to find the valley: the polish goes to its floor.
    const rough = Math.max(tolerance, 1e-3);
    const simplex = nelderMead(inUnits, best.x, best.value, size, rough, maxEvaluations - evaluations);
    const polished = bfgs(inUnits, simplex.x, simplex.value, tolerance, maxEvaluations - evaluations);
    const [gain, polish] = [best.value - polished.value, simplex.value - polished.value];
    best = polished;
    // Two methods that know nothing of each other end at one place, or a new search finds nothing better.
    if (simplex.converged && (polish < AGREEMENT * rough || gain < RESTART_GAIN * tolerance)) {
      converged = true;
      break;
    }
    size /= 2;
  }
  return { x: best.x.map((z, i) => z * units[i]!), value: best.value, evaluations, converged };
}

interface Point {
  readonly x: readonly number[];
  readonly value: number;
}

/**
 * The simplex search of Nelder and Mead (1965), with coefficients that depend on the dimension: Gao and Han (2012), "Implementing
 * the Nelder-Mead simplex algorithm with adaptive parameters".
 */
function nelderMead(
  f: Objective,
  start: readonly number[],
  startValue: number,
  size: number,
  tolerance: number,
  maxEvaluations: number,
): Point & { converged: boolean } {
  const n = start.length;
  // In one dimension the coefficients of two: those of one would shrink to a point.
  const dimension = Math.max(n, 2);
  const expansion = 1 + 2 / dimension;
  const contraction = 0.75 - 1 / (2 * dimension);
  const shrinkage = 1 - 1 / dimension;
  let left = maxEvaluations;
  const at = (x: readonly number[]): Point => {
    left--;
    return { x, value: f(x) };
  };
  const simplex: Point[] = [{ x: start, value: startValue }];
  for (let i = 0; i < n; i++) simplex.push(at(start.map((x, j) => (j === i ? x + size : x))));
  const between = (center: readonly number[], point: Point, t: number): Point =>
    at(center.map((c, i) => c + t * (c - point.x[i]!)));
  while (left > 0) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const worst = simplex[n]!;
    if (worst.value - best.value <= tolerance) return { ...best, converged: true };
    const center = start.map((_, i) => simplex.slice(0, n).reduce((sum, { x }) => sum + x[i]!, 0) / n);
    const reflected = between(center, worst, 1);
    if (reflected.value < best.value) {
      const expanded = between(center, worst, expansion);
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[n - 1]!.value) {
      simplex[n] = reflected;
    } else {
      const isOutside = reflected.value < worst.value;
      const contracted = between(center, worst, isOutside ? contraction : -contraction);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[n] = contracted;
      else {
        for (let i = 1; i <= n; i++) {
          simplex[i] = at(best.x.map((x, j) => x + shrinkage * (simplex[i]!.x[j]! - x)));
        }
      }
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return { ...simplex[0]!, converged: false };
}

const ARMIJO = 1e-4;
const MAX_HALVINGS = 30;

/**
 * The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright 2006, "Numerical Optimization", 6.1)
 * with gradients from central differences and steps halved until they gain enough.
 */
function bfgs(f: Objective, start: readonly number[], startValue: number, tolerance: number, max: number): Point {
  const n = start.length;
  let left = max;
  const counted: Objective = (x) => {
    left--;
    return f(x);
  };
  let x = start;
  let value = startValue;
  let gradient = gradientOf(counted, x);
  let inverse = identity(n, 1 / Math.max(1, norm(gradient)));
  let isFirst = true;
  let smallGains = 0;
  while (left > 0 && gradient.every(Number.isFinite)) {
    let direction = times(inverse, gradient).map((d) => -d);
    if (dot(direction, gradient) >= 0) {
      inverse = identity(n, 1 / Math.max(1, norm(gradient)));
      direction = times(inverse, gradient).map((d) => -d);
    }
    const slope = dot(direction, gradient);
    let t = 1;
    let next: Point | undefined;
    for (let i = 0; i < MAX_HALVINGS && left > 0; i++, t /= 2) {
      const to = x.map((v, j) => v + t * direction[j]!);
      const valueTo = counted(to);
      if (valueTo <= value + ARMIJO * t * slope) {
        next = { x: to, value: valueTo };
        break;
      }
    }
    if (next === undefined || !(next.value < value)) break;
    const gain = value - next.value;
    const nextGradient = gradientOf(counted, next.x);
    const s = next.x.map((v, i) => v - x[i]!);
    const y = nextGradient.map((v, i) => v - gradient[i]!);
    if (isFirst && dot(s, y) > 0) inverse = identity(n, dot(s, y) / dot(y, y));
    isFirst = false;
    inverse = updated(inverse, s, y);
    x = next.x;
    value = next.value;
    gradient = nextGradient;
    // A step cut short gains little far from the floor, too.
    smallGains = gain < tolerance ? smallGains + 1 : 0;
    if (smallGains === 2) break;
  }
  return { x, value };
}

/** By central differences; a third of the digits of x is the step. */
function gradientOf(f: Objective, x: readonly number[]): number[] {
  return x.map((value, i) => {
    const h = 6e-6 * Math.max(1, Math.abs(value));
    const shifted = (by: number): number => f(x.map((v, j) => (j === i ? v + by : v)));
    return (shifted(h) - shifted(-h)) / (2 * h);
  });
}

/** The inverse Hessian after a step s that changed the gradient by y; the same where y says nothing of a curvature. */
function updated(inverse: readonly number[][], s: readonly number[], y: readonly number[]): number[][] {
  const sy = dot(s, y);
  if (!(sy > 1e-12 * norm(s) * norm(y))) return inverse as number[][];
  const hy = times(inverse, y);
  const factor = (1 + dot(y, hy) / sy) / sy;
  return inverse.map((row, i) =>
    row.map((h, j) => h + factor * s[i]! * s[j]! - (hy[i]! * s[j]! + s[i]! * hy[j]!) / sy),
  );
}

function identity(n: number, diagonal: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? diagonal : 0)));
}

function times(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}

function norm(a: readonly number[]): number {
  return Math.sqrt(dot(a, a));
}
