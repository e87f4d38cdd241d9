import type { Sample } from '../sample.ts';

/** Two samples on common random numbers, cut to the episodes that both know. */
export interface Pairs {
  /** By episode; NaN in both where either is missing. */
  readonly a: Sample;
  readonly b: Sample;
  /** b − a. */
  readonly differences: Sample;
  /** Episodes that both know. */
  readonly n: number;
}

/** Throws RangeError where the samples have not the same episodes. */
export function pairUp(a: Sample, b: Sample): Pairs {
  const { length } = a.values;
  if (b.values.length !== length) {
    throw new RangeError(
      `compareSamples: paired samples have one value for each of the same episodes, got ${length} and ${b.values.length}; compare them with compareIndependent`,
    );
  }
  const antithetic = a.antithetic || b.antithetic;
  const differences = new Float64Array(length);
  let n = 0;
  for (let i = 0; i < length; i++) {
    differences[i] = b.values[i]! - a.values[i]!;
    if (!Number.isNaN(differences[i]!)) n++;
  }
  // Where nothing is missing the columns themselves, whose sorted copies are shared.
  const known = ({ values }: Sample): Sample => ({
    antithetic,
    values: n === length ? values : values.map((x, i) => (Number.isNaN(differences[i]!) ? Number.NaN : x)),
  });
  return { a: known(a), b: known(b), differences: { values: differences, antithetic }, n };
}
