import type { Finding } from './finding.ts';

/** Four significant digits, for a line of text. */
export function short(value: number): string {
  if (Number.isNaN(value)) return 'undefined';
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : value > 0 ? '∞' : '−∞';
}

/** `95 %`, of a two-sided error probability. */
export function levelOf(tail: number): string {
  return `${Number((100 * (1 - tail)).toPrecision(4))} %`;
}

/** `-0.1581 to -0.1447`; empty where there is no interval. */
export function intervalOf({ low, high }: Pick<Finding, 'low' | 'high'>): string {
  return Number.isNaN(low) || Number.isNaN(high) ? '' : `${short(low)} to ${short(high)}`;
}

/** What was found, in one line. */
export function sentence(finding: Finding): string {
  const { verdict, value, tail, bound, excess, comparison, reason } = finding;
  const interval = intervalOf(finding);
  const range = interval === '' ? '' : ` (${levelOf(tail)} interval ${interval})`;
  const what = comparison === undefined ? short(value) : `${short(value)} against the baseline`;
  const by = excess > 0 ? `, wrong by ${short(excess)}` : '';
  return `${verdict}: ${what}${range}, bound ${short(bound)}${by}: ${reason}`;
}
