import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { CalibrationError } from '../fit/errors.ts';
import { curvature } from './hessian.ts';
import { type MinimizeOptions, minimize, type Objective } from './minimize.ts';
import type { Transform } from './transforms.ts';

export interface LikelihoodProblem {
  readonly names: readonly string[];
  /** Of each parameter. */
  readonly transforms: readonly Transform[];
  /** Values of the parameters to search from; the one that leads highest wins. */
  readonly starts: readonly (readonly number[])[];
  /** Of the parameters' values; Infinity or NaN where there is none. */
  readonly negativeLogLikelihood: (values: readonly number[]) => number;
  readonly options?: MinimizeOptions;
}

export interface LikelihoodFit {
  readonly values: readonly number[];
  /** Null for a parameter at the edge of its range, and for all where the likelihood has no proper maximum. */
  readonly standardErrors: readonly (number | null)[];
  /**
   * Inverse of the observed information, of the values. Zero in the rows and columns of a parameter at its edge: it is taken as
   * known. Null where the likelihood has no proper maximum.
   */
  readonly covariance: readonly (readonly number[])[] | null;
  readonly logLikelihood: number;
  readonly converged: boolean;
  /** What a reader should know of the search. */
  readonly remarks: readonly string[];
}

/** In units of the log-likelihood, whose rounding grows with the sample; Newton steps follow. */
const TOLERANCE = 1e-6;
const ROUGH = 0.1;
/** What a Newton step would still gain, in units of the log-likelihood; less than this is the maximum. */
const NEWTON_GAIN = 1e-4;
const NEWTON_STEPS = 6;
/** Of the Cholesky factor of a Hessian with ones on its diagonal: below, two parameters cannot be told apart. */
const SMALLEST_PIVOT = 1e-5;

/**
 * Parameters of greatest likelihood, with errors from the observed information (Davidson and MacKinnon 2004, "Econometric
 * Theory and Methods", 10.4), brought from the free numbers of the search to the parameters by the delta method.
 *
 * Throws CalibrationError where the likelihood has no value at any of the starts.
 */
export function maximumLikelihood(problem: LikelihoodProblem): LikelihoodFit {
  const { names, transforms, negativeLogLikelihood } = problem;
  const toValues = (free: readonly number[]): number[] => free.map((u, i) => transforms[i]!.toValue(u));
  const f: Objective = (free) => {
    const value = negativeLogLikelihood(toValues(free));
    return Number.isNaN(value) ? Infinity : value;
  };
  const starts = problem.starts
    .map((start) => start.map((value, i) => transforms[i]!.toFree(value)))
    .filter((free) => free.every(Number.isFinite) && Number.isFinite(f(free)));
  if (starts.length === 0) throw new CalibrationError('the likelihood has no value at any of the starts of the search');
  // Which hill a start leads to shows early; only the best one is climbed to its top.
  const ends = starts.map((free) => (starts.length === 1 ? free : minimize(f, free, { tolerance: ROUGH }).x));
  const first = ends.reduce((a, b) => (f(b) < f(a) ? b : a));
  const best = minimize(f, first, { tolerance: TOLERANCE, ...problem.options });
  const { free, value, inverse, isFlat, gain } = settle(f, best.x, best.value, transforms);
  // Where the likelihood has kinks a Newton step promises what it does not keep.
  const converged = best.converged || gain < NEWTON_GAIN;
  const remarks = names.flatMap((name, i) => (isFlat[i] ? [flatRemark(name, transforms[i]!)] : []));
  if (inverse === null) remarks.push('the likelihood is flat or has no proper maximum: the parameters have no errors');
  if (!converged) remarks.push('the search for the maximum did not converge');
  const slopes = free.map((u, i) => transforms[i]!.derivative(u));
  const covariance = inverse?.map((row, i) => row.map((c, j) => c * slopes[i]! * slopes[j]!)) ?? null;
  return {
    values: toValues(free),
    standardErrors: names.map((_, i) => (covariance === null || isFlat[i] ? null : Math.sqrt(covariance[i]![i]!))),
    covariance,
    logLikelihood: -value,
    converged,
    remarks,
  };
}

function flatRemark(name: string, { isBounded }: Transform): string {
  return isBounded
    ? `${name} is at the edge of its range: it has no error`
    : `${name} has no error: the likelihood has no smooth maximum along it`;
}

interface Settled {
  readonly free: readonly number[];
  readonly value: number;
  /** Inverse Hessian; null where it is not positive definite. */
  readonly inverse: number[][] | null;
  readonly isFlat: readonly boolean[];
  readonly gain: number;
}

/** Newton steps from the end of a search, for as long as they gain; the curvature there. */
function settle(f: Objective, start: readonly number[], startValue: number, transforms: readonly Transform[]): Settled {
  const isBounded = transforms.map((transform) => transform.isBounded);
  let free = start;
  let value = startValue;
  for (let step = 0; ; step++) {
    const { hessian, gradient, isFlat } = curvature(f, free, isBounded);
    const inverse = invert(hessian, isFlat);
    if (inverse === null) return { free, value, inverse, isFlat, gain: Infinity };
    const move = inverse.map((row) => row.reduce((sum, h, i) => sum - h * gradient[i]!, 0));
    const gain = move.reduce((sum, m, i) => sum - (m * gradient[i]!) / 2, 0);
    if (gain < NEWTON_GAIN / 100 || step === NEWTON_STEPS) return { free, value, inverse, isFlat, gain };
    const next = longestGain(f, free, value, move);
    if (next === undefined) return { free, value, inverse, isFlat, gain };
    free = next.free;
    value = next.value;
  }
}

function longestGain(
  f: Objective,
  free: readonly number[],
  value: number,
  move: readonly number[],
): { free: number[]; value: number } | undefined {
  for (let t = 1; t > 1e-3; t /= 2) {
    const to = free.map((u, i) => u + t * move[i]!);
    const valueTo = f(to);
    if (valueTo < value) return { free: to, value: valueTo };
  }
  return undefined;
}

/** The inverse over the coordinates that are not flat, zero elsewhere; null where it is not positive definite. */
export function invert(hessian: readonly (readonly number[])[], isFlat: readonly boolean[]): number[][] | null {
  const kept = isFlat.flatMap((flat, i) => (flat ? [] : [i]));
  const whole = hessian.map((row) => row.map(() => 0));
  if (kept.length === 0) return null;
  // In units of the diagonal: parameters differ by orders of magnitude.
  const units = kept.map((i) => 1 / Math.sqrt(hessian[i]![i]!));
  if (!units.every((unit) => Number.isFinite(unit))) return null;
  const matrix = new Matrix(kept.map((i, a) => kept.map((j, b) => hessian[i]![j]! * (units[a]! * units[b]!))));
  const decomposition = new CholeskyDecomposition(matrix);
  if (!decomposition.isPositiveDefinite()) return null;
  const factor = decomposition.lowerTriangularMatrix;
  if (kept.some((_, i) => factor.get(i, i) < SMALLEST_PIVOT)) return null;
  const inverse = decomposition.solve(Matrix.eye(kept.length));
  for (const [a, i] of kept.entries()) {
    for (const [b, j] of kept.entries()) {
      whole[i]![j] = ((inverse.get(a, b) + inverse.get(b, a)) / 2) * units[a]! * units[b]!;
    }
  }
  return whole.every((row) => row.every(Number.isFinite)) ? whole : null;
}
