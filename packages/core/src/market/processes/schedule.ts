import type { InTime } from '../../config/markets.ts';

/** The value at the start. */
export function firstOf(value: InTime): number {
  return typeof value === 'number' ? value : value[0]!.value;
}
