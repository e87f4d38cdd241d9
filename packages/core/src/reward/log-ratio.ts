/**
 * out[i] = log(values[i] / values[i - 1]) for slots `from` to `to`, where values below `floor` count as `floor`.
 *
 * Neighbouring values are close, so the logarithm is 2 atanh(s) with s = difference / sum: one division and a short series.
 * Up to s = 1/32 (a ratio of 1.0645) eight terms leave less than 2^-56 relative; beyond, Math.log.
 */
export function logRatioInto(values: Float64Array, floor: number, from: number, to: number, out: Float64Array): void {
  let i = from;
  while (i <= to) {
    i = closePart(values, floor, i, to, out);
    if (i > to) return;
    const before = Math.max(values[i - 1]!, floor);
    const now = Math.max(values[i]!, floor);
    out[i] = now === before ? 0 : Math.log(now / before);
    i++;
  }
}

/** Goes on while neighbours are close and above the floor; returns the slot at which it stopped. No rare path is inside. */
function closePart(values: Float64Array, floor: number, from: number, to: number, out: Float64Array): number {
  let before = values[from - 1]!;
  if (!(before >= floor)) return from;
  for (let i = from; i <= to; i++) {
    const now = values[i]!;
    const s = (now - before) / (now + before);
    const z = s * s;
    if (!(z < 0.0009765625 && now >= floor)) return i;
    const series = z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15)))))));
    out[i] = 2 * (s + s * series);
    before = now;
  }
  return to + 1;
}
