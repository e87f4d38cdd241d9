import { regularizedBeta } from './beta.ts';

/** Probability of at most k successes in n trials of probability p (DLMF 8.17.5); k is an integer. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : regularizedBeta(1 - p, n - k, k + 1);
}

/** Probability of k successes or more in n trials of probability p. */
export function binomialUpper(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  return k > n ? 0 : regularizedBeta(p, k, n - k + 1);
}
