import { keepsMemory, type Resamples } from './bootstrap.ts';
import type { Fact } from './fact.ts';
import { facts } from './facts.ts';

/** An interval of the real value as wide as this, in widths of the simulated band, tells little. */
const VAGUE_WIDTHS = 3;
/** Of the simulated paths, those that must have the fact. */
const LEAST_DEFINED = 0.5;

/**
 * Of the simulated paths: `agrees` where the real value lies in their middle 95 %, `too low` or `too high` where they lie
 * below or above it. `cannot tell`: it lies outside, but its own confidence interval reaches into that band and is more than
 * three times as wide. `not defined`: the history, or most of the paths, do not have the fact.
 */
export type Verdict = 'agrees' | 'too low' | 'too high' | 'cannot tell' | 'not defined';

export interface FactComparison {
  readonly fact: Fact;
  /** Of the history; null where it is not defined. */
  readonly real: number | null;
  /** 95 % confidence interval of the real value, by bootstrap. */
  readonly interval: readonly [number, number] | null;
  /** Why there is no interval. */
  readonly intervalRemark?: string;
  readonly simulated: {
    /** Paths that have the fact. */
    readonly n: number;
    readonly mean: number | null;
    readonly sd: number | null;
    /** The middle 95 % of the paths, and their median; null for fewer than two paths. */
    readonly q025: number | null;
    readonly q50: number | null;
    readonly q975: number | null;
    /** Ascending. */
    readonly values: Float64Array;
  };
  readonly verdict: Verdict;
  /** The interval of the real value is more than three times as wide as the simulated band: many models would agree. */
  readonly isVague: boolean;
}

/** Holds the facts of a history against those of simulated paths of its length; all in the order of `facts`. */
export function compareFacts(
  real: Float64Array,
  simulated: readonly Float64Array[],
  resamples: Resamples,
): FactComparison[] {
  return facts.map((fact, i) => {
    const value = Number.isNaN(real[i]!) ? null : real[i]!;
    const values = definedOf(simulated, i);
    const [q025, q50, q975] = [0.025, 0.5, 0.975].map((p) => (values.length < 2 ? null : quantileOf(values, p))) as [
      number | null,
      number | null,
      number | null,
    ];
    const remark = value === null ? 'it is not defined' : remarkOn(fact, resamples);
    const interval = remark === undefined ? intervalOf(definedOf(resamples.measures, i)) : null;
    const isKnown = value !== null && q025 !== null && values.length >= LEAST_DEFINED * simulated.length;
    return {
      fact,
      real: value,
      interval,
      ...(remark === undefined ? {} : { intervalRemark: remark }),
      simulated: { n: values.length, ...meanAndDeviation(values), q025, q50, q975, values },
      ...(isKnown ? judge(value, [q025, q975!], interval) : { verdict: 'not defined', isVague: false }),
    };
  });
}

function judge(
  real: number,
  [low, high]: readonly [number, number],
  interval: readonly [number, number] | null,
): Pick<FactComparison, 'verdict' | 'isVague'> {
  const isVague = interval !== null && interval[1] - interval[0] > VAGUE_WIDTHS * (high - low);
  const overlaps = interval !== null && interval[0] <= high && interval[1] >= low;
  if (real >= low && real <= high) return { verdict: 'agrees', isVague };
  if (isVague && overlaps) return { verdict: 'cannot tell', isVague };
  return { verdict: real > high ? 'too low' : 'too high', isVague };
}

function remarkOn({ memory }: Fact, { measures, blockLength }: Resamples): string | undefined {
  if (typeof memory === 'string') return memory;
  if (measures.length < 2) return 'there are no resamples';
  if (keepsMemory(memory, blockLength)) return undefined;
  return `blocks of ${Math.round(blockLength)} returns on average are too short for lag ${memory}`;
}

function intervalOf(values: Float64Array): readonly [number, number] | null {
  return values.length < 2 ? null : [quantileOf(values, 0.025), quantileOf(values, 0.975)];
}

function definedOf(measures: readonly Float64Array[], i: number): Float64Array {
  return Float64Array.from(measures, (values) => values[i]!)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

function meanAndDeviation(values: Float64Array): { mean: number | null; sd: number | null } {
  const n = values.length;
  if (n === 0) return { mean: null, sd: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : null };
}

/** Linear quantile (Hyndman and Fan 1996, type 7) of ascending values, at least one. */
export function quantileOf(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return below + 1 === sorted.length ? low : low + (at - below) * (sorted[below + 1]! - low);
}
