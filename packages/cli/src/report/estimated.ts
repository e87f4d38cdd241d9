import type { Estimate } from '@ergodic/statistics';
import { confidence, type Figure, halfWidth, NOTHING, type Show } from './format.ts';
import { type Content, html } from './html.ts';

/** Equal values have a mean that is off by less than this part of it. */
const ROUNDING = 1e-12;

/** Ends of the interval as figures: null where there is none. */
type Ends = readonly [Figure, Figure];

/** The value with as many digits as its interval is worth. */
export function valueText(estimate: Estimate, show: Show): string {
  return show(estimate.value, isWide(estimate) ? halfWidth([estimate.low, estimate.high]) : null);
}

/**
 * `−5.2 to −4.1 %`; `up to −4.1 %` where too few episodes bound it on one side. Undefined without an interval, and where no episode
 * differs from another: that is no uncertainty, and no knowledge of it.
 */
export function intervalText(estimate: Estimate, show: Show): string | undefined {
  const { low, high } = estimate;
  if (Number.isFinite(low) && Number.isFinite(high)) {
    return isWide(estimate) ? confidence([low, high] as Ends, show) : undefined;
  }
  if (Number.isFinite(high) && low === Number.NEGATIVE_INFINITY) return `up to ${show(high)}`;
  if (Number.isFinite(low) && high === Number.POSITIVE_INFINITY) return `${show(low)} and more`;
  return undefined;
}

/** Whether its ends differ by more than rounding. */
function isWide({ low, high }: Estimate): boolean {
  return high - low > ROUNDING * Math.max(Math.abs(low), Math.abs(high));
}

/** Cells of a table: value and interval. */
export function estimateCells(estimate: Estimate | undefined, show: Show): [Content, Content] {
  if (estimate === undefined) return [NOTHING, NOTHING];
  return [valueText(estimate, show), intervalText(estimate, show) ?? NOTHING];
}

/** One cell: the interval below the value. */
export function estimateCell(estimate: Estimate | undefined, show: Show): Content {
  if (estimate === undefined) return NOTHING;
  const interval = intervalText(estimate, show);
  return html`${valueText(estimate, show)}${interval !== undefined && html`<small>${interval}</small>`}`;
}
