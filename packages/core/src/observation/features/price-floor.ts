/** The smallest part of a symbol's first price, and of the initial equity, that a logarithm sees. */
export const FLOOR = 1e-4;

/** Sums of as many prices as a window can hold are finite. */
const CEILING = 1e200;

/**
 * Prices as logarithms see them: at least 1e-4 of the size of the first one, so that a price of zero or below gives finite
 * numbers.
 */
export class PriceFloor {
  /** Infinity before the first price. */
  private floor = Number.POSITIVE_INFINITY;

  begin(): void {
    this.floor = Number.POSITIVE_INFINITY;
  }

  /** The price, or the floor where it is below. */
  of(price: number): number {
    return price > this.floor && price < CEILING ? price : this.unusual(price);
  }

  private unusual(price: number): number {
    if (this.floor === Number.POSITIVE_INFINITY) this.floor = FLOOR * Math.min(Math.abs(price), CEILING) || FLOOR;
    return Math.max(Math.min(price, CEILING), this.floor);
  }
}

/**
 * log(now / before) of two positive numbers. Neighbouring prices are close, so it is 2 atanh(s) with s = difference / sum:
 * up to s = 1/32 eight terms of the series leave less than 2^-56 relative; beyond, Math.log.
 */
export function logRatio(now: number, before: number): number {
  const s = (now - before) / (now + before);
  const z = s * s;
  if (z < 0.0009765625) {
    return (
      2 * (s + s * z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15))))))))
    );
  }
  const ratio = now / before;
  return ratio > 0 && ratio < Number.POSITIVE_INFINITY ? Math.log(ratio) : Math.log(now) - Math.log(before);
}
