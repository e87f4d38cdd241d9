import { regularizedBeta } from './beta.ts';

/** Probability that Student's t of `freedom` degrees of freedom (above 0, not always whole) is at most t (DLMF 8.17.21). */
export function studentCdf(t: number, freedom: number): number {
  const beyond = regularizedBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - beyond : beyond;
}
