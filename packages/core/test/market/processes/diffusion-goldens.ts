import { readFileSync } from 'node:fs';

/** Figures from QuantLib and scipy: see diffusions.py. */
export interface DiffusionGoldens {
  readonly cev: readonly {
    readonly drift: number;
    readonly volatility: number;
    readonly elasticity: number;
    /** Probability that the price has reached 0 after one year. */
    readonly absorbed: number;
    readonly variance: number;
    /** Undiscounted calls, one year. */
    readonly calls: readonly { readonly strike: number; readonly price: number }[];
  }[];
  readonly cir: readonly {
    readonly price: number;
    readonly meanReversionSpeed: number;
    readonly longRunMean: number;
    readonly volatility: number;
    readonly degrees: number;
    /** Distribution function of the price after one year. */
    readonly points: readonly { readonly price: number; readonly below: number }[];
  }[];
}

export const goldens = JSON.parse(
  readFileSync(new URL('../golden/diffusions.json', import.meta.url), 'utf8'),
) as DiffusionGoldens;

/** Fails unless the share of the `values` that count is within 5 standard errors of `p`; 5 values more or less are always allowed. */
export function expectShare(values: Float64Array, isCounted: (value: number) => boolean, p: number): void {
  const n = values.length;
  let count = 0;
  for (const value of values) if (isCounted(value)) count++;
  const tolerance = 5 * Math.sqrt((p * (1 - p)) / n) + 5 / n;
  if (Math.abs(count / n - p) > tolerance) throw new Error(`share ${count / n}, expected ${p} ± ${tolerance}`);
}
