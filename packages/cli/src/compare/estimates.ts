import type { Estimate } from '@ergodic/statistics';
import { halfWidth, NOTHING, percent, type Show } from '../report/format.ts';
import { withoutUnit } from './columns.ts';

/** Half the width of the interval; NaN where there is none. */
export function halfOf({ low, high }: Estimate): number {
  return Number.isFinite(high - low) ? (high - low) / 2 : Number.NaN;
}

/** Ends of an interval without their unit: `0.09 to 0.42`, `up to 0.42` where too few episodes bound it on one side. */
export function rangeText({ low, high }: Estimate, show: Show): string {
  const resolution = halfWidth([low, high]);
  const text = (x: number): string => withoutUnit(show(x, resolution));
  if (Number.isFinite(low) && Number.isFinite(high)) return `${text(low)} to ${text(high)}`;
  if (Number.isFinite(high)) return `up to ${text(high)}`;
  return Number.isFinite(low) ? `${text(low)} and more` : NOTHING;
}

/** `−1.24 %`, with as many digits as its interval is worth. */
export function valueText(estimate: Estimate, show: Show): string {
  // Nothing is nothing, to whatever digit.
  if (estimate.value === 0) return show(0);
  return show(estimate.value, halfWidth([estimate.low, estimate.high]));
}

/** `+0.25 %`: a difference shows which way it goes. */
export function signedText(estimate: Estimate, show: Show): string {
  const text = valueText(estimate, show);
  return estimate.value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Whether an interval is worth showing: there is one, and it is wider than a point. */
export function hasInterval({ low, high }: Estimate): boolean {
  return (Number.isFinite(low) || Number.isFinite(high)) && low !== high;
}

/** The interval of the size of a difference: `−0.42 to −0.09` lower is `0.09 to 0.42` lower. */
export function sizeOf(difference: Estimate): Estimate {
  const { value, low, high } = difference;
  return value >= 0 ? difference : { ...difference, value: -value, low: -high, high: -low };
}

/** A share, to a tenth of a per cent, however sure it is. */
export const share: Show = (x) => percent(x);
