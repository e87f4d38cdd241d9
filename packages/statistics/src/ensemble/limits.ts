import { studentQuantile } from '@ergodic/core';
import type { Moments } from './moments.ts';

/** Confidence limits as distances from the estimate: the lower one is negative. */
export type Limits = readonly [low: number, high: number];

export const NO_LIMITS: Limits = [Number.NaN, Number.NaN];

/** How an interval of `skewedLimits` is named. */
export const SKEWED_T = "Student's t, corrected for skewness (Hall 1992)";

/**
 * Limits of an estimate whose t has the Edgeworth expansion Φ(t) + (slope·t² + shift)·φ(t), with slope and shift of order 1/√n. Hall (1992,
 * "On the removal of skewness by transformation", JRSS B 54) maps t to t + slope·t² + shift + slope²·t³/3, which is symmetric to order
 * 1/n, never falls, and has the inverse that stands here. `quantile` is that of Student's t.
 */
export function hallLimits(standardError: number, slope: number, shift: number, quantile: number): Limits {
  const inverse = (t: number): number =>
    Math.abs(slope) < 1e-9 ? t - shift : (Math.cbrt(1 + 3 * slope * (t - shift)) - 1) / slope;
  return [-standardError * inverse(quantile), -standardError * inverse(-quantile)];
}

/** Limits of a mean, corrected for its skewness. */
export function skewedLimits(moments: Moments, tail: number): Limits {
  const { standardError } = moments;
  if (Number.isNaN(standardError)) return NO_LIMITS;
  const { slope, shift, freedom } = expansionOfMean(moments);
  return hallLimits(standardError, slope, shift, studentQuantile(tail, freedom));
}

/**
 * The t of a mean as `hallLimits` takes it: of skewness γ over G clusters slope γ/3√G and shift γ/6√G. A variance of values with heavy tails is
 * known less well than G says: Student's t has the degrees of freedom of a chi-square variable that varies as much (Satterthwaite 1946, "An
 * approximate distribution of estimates of variance components"), 2G/(κ − 1) with κ the kurtosis, but no more than G − 1.
 */
export function expansionOfMean({ clusters, skewness, kurtosis }: Moments): {
  readonly slope: number;
  readonly shift: number;
  readonly freedom: number;
} {
  const unit = skewness / Math.sqrt(clusters);
  // Never between 1 and 2, where the quantile is inexact: the kurtosis of G values is below G. Rounding may take it below 1.
  const freedom = Math.min(clusters - 1, (2 * clusters) / Math.max(0, kurtosis - 1));
  return { slope: unit / 3, shift: unit / 6, freedom };
}

/** Limits of a mean, Student's t. `freedom` where it is not the number of clusters less one. */
export function studentLimits({ clusters, standardError }: Moments, tail: number, freedom = clusters - 1): Limits {
  if (Number.isNaN(standardError) || !(freedom >= 1)) return NO_LIMITS;
  const half = studentQuantile(tail, freedom) * standardError;
  return [-half, half];
}
