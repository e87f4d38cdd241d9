import { CalibrationError } from './errors.ts';
import type { Calibrator, PriceSample } from './estimate.ts';

/** Prices at both ends of the steps of a sample. */
export interface Steps {
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** The steps of a sample, without those across gaps. */
export function stepsOf({ prices, gaps = [] }: PriceSample): Steps {
  const isGap = new Set(gaps);
  const kept: number[] = [];
  for (let i = 1; i < prices.length; i++) if (!isGap.has(i)) kept.push(i);
  return {
    from: Float64Array.from(kept, (i) => prices[i - 1]!),
    to: Float64Array.from(kept, (i) => prices[i]!),
  };
}

/** Log returns of the steps of a sample, without those across gaps. */
export function logReturnsOf(sample: PriceSample): Float64Array {
  const { from, to } = stepsOf(sample);
  return to.map((price, i) => Math.log(price / from[i]!));
}

/** Sum of the log prices after each step: what the likelihood of log returns exceeds that of prices by. */
export function sumOfLogPrices(sample: PriceSample): number {
  return stepsOf(sample).to.reduce((sum, price) => sum + Math.log(price), 0);
}

/** Throws CalibrationError unless there are enough prices, all finite (positive for a process of log prices), that move. */
export function checkSample(
  { name, minimumPrices }: Pick<Calibrator, 'name' | 'minimumPrices'>,
  sample: PriceSample,
  { mayBeNegative = false }: { readonly mayBeNegative?: boolean } = {},
): void {
  const { prices, yearsPerStep } = sample;
  if (prices.length < minimumPrices) {
    throw new CalibrationError(`${name}: needs at least ${minimumPrices} prices, got ${prices.length}`);
  }
  if (!(yearsPerStep > 0 && yearsPerStep < Infinity)) {
    throw new CalibrationError(`${name}: yearsPerStep must be positive and finite, got ${yearsPerStep}`);
  }
  const wrong = prices.findIndex((price) => !Number.isFinite(price) || (!mayBeNegative && price <= 0));
  if (wrong >= 0) {
    const rule = mayBeNegative ? 'finite' : 'positive and finite';
    const hint = mayBeNegative || !Number.isFinite(prices[wrong]!) ? '' : '; abm and ou take prices of any sign';
    throw new CalibrationError(`${name}: prices must be ${rule}, got ${prices[wrong]} at index ${wrong}${hint}`);
  }
  const { from, to } = stepsOf(sample);
  if (to.length < minimumPrices - 1) {
    throw new CalibrationError(`${name}: needs at least ${minimumPrices - 1} steps that span no gap, got ${to.length}`);
  }
  if (to.every((price, i) => price === from[i])) {
    throw new CalibrationError(`${name}: all prices are ${to[0]}: prices that do not move tell no parameters`);
  }
}
