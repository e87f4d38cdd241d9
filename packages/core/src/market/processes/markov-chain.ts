/** Rows of numbers; square. */
export type Matrix = readonly (readonly number[])[];

/** Terms of the exponential's series: at a norm of 1 the first omitted one is below 1e-17 of the sum. */
const TERMS = 18;

/**
 * Transition probabilities over a time `time` of a Markov chain in continuous time: exp(Q·time), Q the `rates` (per unit of time,
 * the diagonal ignored) less their row sums on the diagonal.
 *
 * By uniformisation (Jensen 1953, "Markoff chains as an aid in the study of Markoff processes"), scaled and squared: with λ the
 * largest row sum, exp(Qt) = e^(−λt)·exp(t·(Q + λI)), all of whose terms are positive, so that small probabilities keep their relative
 * accuracy.
 */
export function transitionMatrix(rates: Matrix, time: number): number[][] {
  const exits = rates.map((row, i) => row.reduce((sum, rate, k) => (k === i ? sum : sum + rate), 0));
  const largest = Math.max(...exits);
  let squarings = 0;
  let part = time;
  for (; largest * part > 1; part /= 2) squarings++;
  const steps = rates.map((row, i) => row.map((rate, k) => part * (k === i ? largest - exits[i]! : rate)));
  let term = identity(rates.length);
  let sum = term;
  for (let n = 1; n <= TERMS; n++) {
    term = product(term, steps).map((row) => row.map((x) => x / n));
    sum = sum.map((row, i) => row.map((x, k) => x + term[i]![k]!));
  }
  let result = sum.map(normalised);
  for (; squarings > 0; squarings--) result = product(result, result).map(normalised);
  return result;
}

/** The sets of states that a chain never leaves once it is in one, each without a smaller one inside; at least one. */
export function closedClasses(rates: Matrix): number[][] {
  const n = rates.length;
  const reach = rates.map((row, i) => row.map((rate, k) => i === k || rate > 0));
  for (let via = 0; via < n; via++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) reach[i]![k] ||= reach[i]![via]! && reach[via]![k]!;
    }
  }
  const classes: number[][] = [];
  for (let i = 0; i < n; i++) {
    const reached = [...reach.keys()].filter((k) => reach[i]![k]);
    const isClosed = reached.every((k) => reach[k]![i]);
    if (isClosed && reached[0] === i) classes.push(reached);
  }
  return classes;
}

/**
 * The stationary distribution of a chain on `closed`, a set of states all of which reach each other and no other; 0 elsewhere.
 * By elimination without subtractions (Grassmann, Taksar and Heyman 1985, "Regenerative analysis and steady state distributions
 * for Markov chains"): accurate also for rates of very different size.
 */
export function stationaryDistribution(rates: Matrix, closed: readonly number[]): number[] {
  const a = closed.map((i) => closed.map((k) => (i === k ? 0 : rates[i]![k]!)));
  for (let last = a.length - 1; last > 0; last--) {
    let exit = 0;
    for (let k = 0; k < last; k++) exit += a[last]![k]!;
    for (let i = 0; i < last; i++) {
      a[i]![last] = a[i]![last]! / exit;
      for (let k = 0; k < last; k++) a[i]![k] = a[i]![k]! + a[i]![last]! * a[last]![k]!;
    }
  }
  const weights = [1];
  for (let last = 1; last < a.length; last++) weights[last] = weights.reduce((sum, w, i) => sum + w * a[i]![last]!, 0);
  const shares = normalised(weights);
  return rates.map((_, i) => (closed.includes(i) ? shares[closed.indexOf(i)]! : 0));
}

function identity(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, k) => (i === k ? 1 : 0)));
}

function product(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => row.map((_, k) => row.reduce((sum, x, via) => sum + x * b[via]![k]!, 0)));
}

function normalised(row: readonly number[]): number[] {
  const sum = row.reduce((total, x) => total + x, 0);
  return row.map((x) => x / sum);
}
