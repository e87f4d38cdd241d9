import type { FeatureConfig } from '../config/environment.ts';

/** Brings the numbers of a feature to the scale that learners like, in place. */
export interface Normalizer {
  /** Changes nothing. */
  readonly isPlain: boolean;
  /** Keeps nothing from one observation to the next. */
  readonly isInstant: boolean;
  begin(): void;
  /** Normalises `size` numbers from `at` on. */
  apply(values: Float64Array, at: number): void;
  /** Where a bound of the feature comes to lie. */
  bound(value: number): number;
}

/** The normalizer of a feature of `size` numbers. */
export function createNormalizer({ normalize, clip }: FeatureConfig, size: number): Normalizer {
  const clipped = clip ?? Number.POSITIVE_INFINITY;
  if (normalize === 'running') return new RunningNormalizer(size, clipped);
  const { mean, deviation } = normalize ?? { mean: 0, deviation: 1 };
  return new FixedNormalizer(size, mean, deviation, clipped);
}

class FixedNormalizer implements Normalizer {
  readonly isInstant: boolean = true;
  private readonly size: number;
  private readonly mean: number;
  private readonly deviation: number;
  private readonly clip: number;
  readonly isPlain: boolean;

  constructor(size: number, mean: number, deviation: number, clip: number) {
    this.size = size;
    this.mean = mean;
    this.deviation = deviation;
    this.clip = clip;
    this.isPlain = mean === 0 && deviation === 1 && clip === Number.POSITIVE_INFINITY;
  }

  begin(): void {}

  apply(values: Float64Array, at: number): void {
    if (this.isPlain) return;
    for (let i = at; i < at + this.size; i++) values[i] = this.bound(values[i]!);
  }

  bound(value: number): number {
    const scaled = (value - this.mean) / this.deviation;
    return scaled > this.clip ? this.clip : scaled < -this.clip ? -this.clip : scaled;
  }
}

/**
 * Mean and sample deviation of each number over the observations of the episode so far, the present one included, by
 * Welford 1962, "Note on a method for calculating corrected sums of squares and products". 0 while there is no deviation.
 */
class RunningNormalizer implements Normalizer {
  readonly isPlain: boolean = false;
  readonly isInstant: boolean = false;
  private readonly size: number;
  private readonly clip: number;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;
  private count = 0;

  constructor(size: number, clip: number) {
    this.size = size;
    this.clip = clip;
    this.mean = new Float64Array(size);
    this.squares = new Float64Array(size);
  }

  begin(): void {
    this.count = 0;
    this.mean.fill(0);
    this.squares.fill(0);
  }

  apply(values: Float64Array, at: number): void {
    const { mean, squares, clip } = this;
    const count = ++this.count;
    for (let i = 0; i < this.size; i++) {
      const value = values[at + i]!;
      const delta = value - mean[i]!;
      const centre = mean[i]! + delta / count;
      mean[i] = centre;
      const sum = squares[i]! + delta * (value - centre);
      squares[i] = sum;
      const scaled = sum > 0 ? (value - centre) / Math.sqrt(sum / (count - 1)) : 0;
      values[at + i] = scaled > clip ? clip : scaled < -clip ? -clip : scaled;
    }
  }

  bound(value: number): number {
    return value < 0 ? -this.clip : this.clip;
  }
}
