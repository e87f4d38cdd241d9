import type { PortfolioConfig } from '../config/schema.ts';
import type { SignalTarget } from '../events/events.ts';

export type Sizing = PortfolioConfig['sizing'];

/**
 * The position that a target asks for, base units.
 *
 * A weight means weight x equity / price at the decision. LONG and SHORT take their size from the config; FLAT is 0.
 */
export function targetPosition(target: SignalTarget, sizing: Sizing, equity: number, price: number): number {
  if (target === 'FLAT' || target === 0) return 0;
  if (typeof target === 'number') return (target * equity) / price;
  const size = 'targetWeight' in sizing ? (sizing.targetWeight * equity) / price : sizing.fixedQuantity;
  return target === 'LONG' ? size : -size;
}
