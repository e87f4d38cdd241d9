import { DURATION_PATTERN, durationMs } from '../config/duration.ts';
import type { ConfigPath } from '../config/path.ts';
import type { Distribution } from '../config/randomize.ts';
import { choleskyFactor, isPositiveSemidefinite } from '../market/correlation.ts';
import type { RandomStream } from '../random/stream.ts';

type Of<K extends string> = Extract<Distribution, Record<K, unknown>>;
type EstimateConfig = Of<'estimate'>;
export type SingleDistribution = Exclude<Distribution, EstimateConfig>;

/** A normal without a bound is held against the field this many deviations out: beyond lies 1e-15 of it. */
const REACH = 8;
/** A place between two ends that no whole number comes near. */
const BETWEEN = Math.SQRT2 - 1;
/** Drawn durations are multiples of a nanosecond, so that they can be written without an exponent. */
const NANOSECONDS = 1e6;

/** A value that a draw may come to and that is tried before the first episode. One entry for each value that is set together. */
export interface Candidate {
  /** Where the distribution says it, from the distribution on. */
  readonly places: readonly ConfigPath[];
  readonly values: readonly unknown[];
  /** It stands for a bound that the distribution does not have. */
  readonly isImplied?: boolean;
}

/** Where the values of an episode go: what is recorded, and what the config is set to. */
export interface Slots {
  readonly recorded: Float64Array;
  readonly values: unknown[];
}

/** A distribution that is drawn from. */
export interface Sampler {
  /** Its ends, or all that it can come to. */
  readonly candidates: readonly Candidate[];
  /** A value between the ends, where there are any: what passes at the ends may fail here. */
  readonly between: Candidate | undefined;
  /** Whether a draw that the config refuses is drawn again. */
  readonly isRepeated: boolean;
  /** Draws once, into the slots from `at` on. */
  draw(random: RandomStream, slots: Slots, at: number): void;
  /** The i-th candidate as the config's schema returned it, with its defaults. */
  accept(i: number, value: unknown): void;
}

export function createSampler(distribution: SingleDistribution): Sampler {
  if ('uniform' in distribution) return uniform(distribution.uniform);
  if ('logUniform' in distribution) return logUniform(distribution.logUniform);
  if ('integer' in distribution) return integer(distribution.integer);
  if ('normal' in distribution) return normal(distribution.normal);
  return choice(distribution);
}

type Bounds = Of<'uniform'>['uniform'];

function uniform(bounds: Bounds): Sampler {
  const [low, high] = inNumbers(bounds);
  return ranged('uniform', bounds, (random) => low + (high - low) * random.nextDouble());
}

function logUniform(bounds: Bounds): Sampler {
  const [low, high] = inNumbers(bounds).map(Math.log) as [number, number];
  return ranged('logUniform', bounds, (random) => Math.exp(low + (high - low) * random.nextDouble()));
}

/** A continuous draw between two bounds, which rounding must not leave. */
function ranged(name: string, bounds: Bounds, draw: (random: RandomStream) => number): Sampler {
  const [low, high] = inNumbers(bounds);
  const isDuration = typeof bounds[0] === 'string';
  const written = (number: number): unknown => (isDuration ? `${number}ms` : number);
  const rounded = (number: number): number => (isDuration ? Math.round(number * NANOSECONDS) / NANOSECONDS : number);
  const within = (number: number): number => Math.min(high, Math.max(low, rounded(number)));
  return {
    candidates: bounds.map((value, i) => ({ places: [[name, i]], values: [value] })),
    between: { places: [[name]], values: [written(within(low + BETWEEN * (high - low)))] },
    isRepeated: false,
    draw: (random, { recorded, values }, at) => {
      const number = within(draw(random));
      recorded[at] = number;
      values[at] = written(number);
    },
    accept: () => {},
  };
}

/** Numbers as they are, durations in milliseconds. */
function inNumbers(bounds: Bounds): [number, number] {
  return bounds.map((bound) => (typeof bound === 'string' ? durationMs(bound) : bound)) as [number, number];
}

function integer([from, to]: readonly [number, number]): Sampler {
  const count = to - from + 1;
  return {
    candidates: [from, to].map((value, i) => ({ places: [['integer', i]], values: [value] })),
    between: undefined,
    isRepeated: false,
    draw: (random, slots, at) => {
      const offset = count <= 4_294_967_296 ? random.integer(count) : Math.floor(count * random.nextDouble());
      setBoth(slots, at, Math.min(to, from + offset));
    },
    accept: () => {},
  };
}

function normal({ mean, deviation, min, max }: Of<'normal'>['normal']): Sampler {
  const low = min ?? mean - REACH * deviation;
  const high = max ?? mean + REACH * deviation;
  const candidate = (key: string, value: number, isImplied = false): Candidate => ({
    places: [['normal', key]],
    values: [value],
    isImplied,
  });
  const isInside = mean >= low && mean <= high;
  const between = isInside ? mean + BETWEEN * (high - mean) : low + BETWEEN * (high - low);
  return {
    candidates: [
      ...(isInside ? [candidate('mean', mean)] : []),
      candidate('min', low, min === undefined),
      candidate('max', high, max === undefined),
    ],
    between: { places: [['normal']], values: [between] },
    isRepeated: false,
    draw: (random, slots, at) => {
      let value: number;
      do value = mean + deviation * random.normal();
      while (!(value >= (min ?? value) && value <= (max ?? value)));
      setBoth(slots, at, value);
    },
    accept: () => {},
  };
}

function setBoth({ recorded, values }: Slots, at: number, value: number): void {
  recorded[at] = value;
  values[at] = value;
}

/** Records numbers as they are, durations in milliseconds, anything else by its place in the list. */
function choice({ choice: given, weights }: Of<'choice'>): Sampler {
  const values = [...given];
  const recordedAs = codesOf(given);
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? 0;
  const weighted = (u: number): number => {
    let rest = u * total;
    let last = 0;
    for (const [i, weight] of weights!.entries()) {
      if (weight === 0) continue;
      last = i;
      rest -= weight;
      if (rest < 0) break;
    }
    return last;
  };
  return {
    candidates: given.map((value, i) => ({ places: [['choice', i]], values: [value] })),
    between: undefined,
    isRepeated: false,
    draw: (random, slots, at) => {
      const i = weights === undefined ? random.integer(values.length) : weighted(random.nextDouble());
      slots.recorded[at] = recordedAs[i]!;
      slots.values[at] = values[i];
    },
    accept: (i, value) => {
      values[i] = value;
    },
  };
}

function codesOf(values: readonly unknown[]): readonly number[] {
  if (values.every((value) => typeof value === 'number')) return values;
  const isDuration = (value: unknown): value is string => typeof value === 'string' && DURATION_PATTERN.test(value);
  return values.every(isDuration) ? values.map(durationMs) : values.map((_, i) => i);
}

/** What is wrong with a covariance, and where below the distribution. */
export interface CovarianceProblem {
  readonly place: ConfigPath;
  readonly rule: string;
  readonly received: unknown;
}

/** Relative difference of two numbers that are written as one. */
const SYMMETRY = 1e-9;

export function covarianceProblem({ estimate, covariance }: EstimateConfig): CovarianceProblem | undefined {
  const n = Object.keys(estimate).length;
  const problem = (path: (string | number)[], rule: string, received: unknown): CovarianceProblem => ({
    place: ['covariance', ...path],
    rule,
    received,
  });
  if (covariance.length !== n) return problem([], `must have ${n} rows, one for each estimate`, covariance.length);
  for (const [i, row] of covariance.entries()) {
    if (row.length !== n) return problem([i], `must have ${n} numbers, one for each estimate`, row.length);
    if (!(row[i]! >= 0)) return problem([i, i], 'must be at least 0, it is a variance', row[i]);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [value, other] = [covariance[i]![j]!, covariance[j]![i]!];
      if (Math.abs(value - other) > SYMMETRY * Math.max(Math.abs(value), Math.abs(other))) {
        return problem([i, j], `must be that of [${j}][${i}], ${other}: a covariance is symmetric`, value);
      }
    }
  }
  if (isPositiveSemidefinite(correlationsOf(covariance))) return undefined;
  return problem([], 'must be positive semidefinite: no numbers vary together like this', covariance);
}

/** Where a variance is 0, so must be its covariances: what they are else is a deficit. */
function correlationsOf(covariance: readonly (readonly number[])[]): number[][] {
  const deviations = covariance.map((row, i) => Math.sqrt(row[i]!) || 1);
  return covariance.map((row, i) => row.map((value, j) => value / (deviations[i]! * deviations[j]!)));
}

/** A joint normal: mean + factor · z, z independent normals. Its covariance must have no problem. */
export function estimateSampler({ estimate, covariance }: EstimateConfig): Sampler {
  const means = Object.values(estimate);
  const { factor } = choleskyFactor(correlationsOf(covariance));
  const deviations = covariance.map((row, i) => Math.sqrt(row[i]!));
  const z = new Float64Array(means.length);
  return {
    candidates: [{ places: Object.keys(estimate).map((name) => ['estimate', name]), values: means }],
    between: undefined,
    isRepeated: true,
    draw: (random, slots, at) => {
      random.fillNormal(z, 0, z.length);
      for (let i = 0; i < means.length; i++) {
        let shock = 0;
        for (let j = 0; j <= i; j++) shock += factor[i]![j]! * z[j]!;
        setBoth(slots, at + i, means[i]! + deviations[i]! * shock);
      }
    },
    accept: () => {},
  };
}
