/** What the portfolio and the execution have to know of a symbol. 0 means: no rounding. */
export interface Instrument {
  readonly symbol: string;
  /** Base units. */
  readonly lotSize: number;
  /** Quote currency. */
  readonly tickSize: number;
}

/** Multiples that differ from a whole number by less than this are whole: 0.3 / 0.1 is three lots. */
const WHOLE = 1e-9;

/** Rounds a quantity towards zero to whole lots. */
export function roundToLot(quantity: number, lotSize: number): number {
  if (lotSize === 0) return quantity;
  const lots = Math.floor(Math.abs(quantity) / lotSize + WHOLE);
  return Math.sign(quantity) * lots * lotSize;
}

/** Rounds a price to a tick: up for `direction` 1, down for -1. */
export function roundToTick(price: number, tickSize: number, direction: number): number {
  if (tickSize === 0) return price;
  const ticks = price / tickSize;
  return (direction > 0 ? Math.ceil(ticks - WHOLE) : Math.floor(ticks + WHOLE)) * tickSize;
}
