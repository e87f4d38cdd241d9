import { normalQuantile } from '@ergodic/core';
import { TAIL } from '@ergodic/statistics';
import type { PairedValues } from './pairs.ts';

const POINTS = 121;
/** Beyond these quantiles a picture would be all margin. */
const OUTERMOST = 0.002;
const MOST_SAMPLED = 20_000;

/** Shares of the paths on which the runs end above a value. */
export interface CurvePoint {
  readonly x: number;
  readonly a: number;
  readonly b: number;
  /** b − a with its 95 % interval, of this value alone. */
  readonly gap: number;
  readonly low: number;
  readonly high: number;
}

/** Distributions of both runs at equally spaced values; none where all values are the same. */
export function curvesOf({ a, b, antithetic }: PairedValues): CurvePoint[] {
  const [low, high] = rangeOf(a, b);
  if (!(high > low)) return [];
  return Array.from({ length: POINTS }, (_, i) => {
    const x = low + ((high - low) * i) / (POINTS - 1);
    return { x, ...pointAt(a, b, x, antithetic ? 2 : 1) };
  });
}

/** Between the outermost quantiles of both together; of many values a sample says as much. */
function rangeOf(a: Float64Array, b: Float64Array): [low: number, high: number] {
  const stride = Math.ceil(a.length / MOST_SAMPLED);
  const sampled = [a, b].flatMap((values) => [
    ...values.filter((value, i) => i % stride === 0 && Number.isFinite(value)),
  ]);
  const known = Float64Array.from(sampled).sort();
  if (known.length === 0) return [Number.NaN, Number.NaN];
  const at = (p: number): number => known[Math.round(p * (known.length - 1))]!;
  return [at(OUTERMOST), at(1 - OUTERMOST)];
}

/** Clusters are episodes, or antithetic pairs of them: what depends on one another is added before it is squared. */
function pointAt(a: Float64Array, b: Float64Array, x: number, cluster: 1 | 2): Omit<CurvePoint, 'x'> {
  let n = 0;
  let [aboveA, aboveB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]!)) continue;
    n++;
    if (a[i]! > x) aboveA++;
    if (b[i]! > x) aboveB++;
  }
  const gap = (aboveB - aboveA) / n;
  let squares = 0;
  for (let i = 0; i < a.length; i += cluster) {
    let residual = 0;
    for (let j = i; j < Math.min(i + cluster, a.length); j++) {
      if (!Number.isNaN(a[j]!)) residual += Number(b[j]! > x) - Number(a[j]! > x) - gap;
    }
    squares += residual * residual;
  }
  const half = (-normalQuantile(TAIL / 2) * Math.sqrt(squares)) / n;
  return { a: aboveA / n, b: aboveB / n, gap, low: gap - half, high: gap + half };
}
