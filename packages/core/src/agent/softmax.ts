/**
 * Preferences → probabilities, in place: π_a = exp(h_a) ÷ Σ exp(h_b) over `values[from…from + count]` (Sutton and Barto 2018,
 * 13.1). The largest preference is taken off first, so that no exponential overflows.
 */
export function softmax(values: Float64Array, from: number, count: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = from; i < from + count; i++) if (values[i]! > largest) largest = values[i]!;
  let sum = 0;
  for (let i = from; i < from + count; i++) {
    const value = Math.exp(values[i]! - largest);
    values[i] = value;
    sum += value;
  }
  for (let i = from; i < from + count; i++) values[i]! /= sum;
}

/** ∂ ln π(chosen) ÷ ∂ h_b, the gradient of the log probability by preference b: 1[b = chosen] − π_b. */
export function scoreOf(probability: number, isChosen: boolean): number {
  return (isChosen ? 1 : 0) - probability;
}

/** The entropy −Σ π ln π, in nats. */
export function entropyOf(probabilities: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++)
    if (probabilities[i]! > 0) sum -= probabilities[i]! * Math.log(probabilities[i]!);
  return sum;
}

/** ∂ entropy ÷ ∂ h_b: −π_b (ln π_b + entropy). */
export function entropySlope(probability: number, entropy: number): number {
  return probability > 0 ? -probability * (Math.log(probability) + entropy) : 0;
}
