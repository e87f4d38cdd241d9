const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Indices of the values in ascending order; equal ones in their own. A radix sort of the bits (Knuth, The Art of Computer Programming 3, 5.2.5):
 * a sort that compares takes a second for a million. No value may be NaN.
 */
export function orderOf(values: Float64Array): Uint32Array {
  const [low, high] = keysOf(values);
  let order = Uint32Array.from(values, (_, i) => i);
  let sorted = new Uint32Array(values.length);
  for (const [key, shift] of [
    [low, 0],
    [low, DIGIT_BITS],
    [high, 0],
    [high, DIGIT_BITS],
  ] as const) {
    const places = placesOf(key, shift);
    for (let i = 0; i < order.length; i++) {
      const index = order[i]!;
      sorted[places[(key[index]! >>> shift) % DIGITS]!++] = index;
    }
    [order, sorted] = [sorted, order];
  }
  return order;
}

/** Halves of whole numbers that are in the order of the values: of a negative one all bits turn, else the sign. */
function keysOf(values: Float64Array): [low: Uint32Array, high: Uint32Array] {
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  const view = new DataView(new ArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  for (let i = 0; i < values.length; i++) {
    // Zero has one sign.
    view.setFloat64(0, values[i]! + 0);
    const [top, rest] = [view.getUint32(0), view.getUint32(4)];
    const isNegative = top >>> 31 === 1;
    high[i] = isNegative ? ~top : top ^ 0x80000000;
    low[i] = isNegative ? ~rest : rest;
  }
  return [low, high];
}

/** Where the first of each digit goes. */
function placesOf(key: Uint32Array, shift: number): Uint32Array {
  const places = new Uint32Array(DIGITS + 1);
  for (let i = 0; i < key.length; i++) places[((key[i]! >>> shift) % DIGITS) + 1]!++;
  for (let digit = 1; digit < DIGITS; digit++) places[digit]! += places[digit - 1]!;
  return places;
}
