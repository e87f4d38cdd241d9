import type { RandomStream } from '../../random/stream.ts';
import { defineFeature, type Feature, type FeatureDefinition } from '../feature.ts';

class Noise implements Feature {
  readonly isOfMarket: boolean = true;
  readonly labels: readonly string[];
  readonly low: number;
  readonly high: number;
  private random: RandomStream | null = null;

  constructor(low: number, high: number, size: number) {
    this.labels = Array.from({ length: size }, (_, i) => `noise_${i + 1}`);
    this.low = low;
    this.high = high;
  }

  begin(random: RandomStream): void {
    this.random = random;
  }

  write(out: Float64Array, at: number): void {
    const { random, low, high } = this;
    const size = this.labels.length;
    for (let i = at; i < at + size; i++) {
      // Rounding may reach `high`, and must not pass it.
      out[i] = Math.min(low + (high - low) * random!.nextDouble(), high);
    }
  }
}

/** Numbers that mean nothing: uniform from `low` to `high`, drawn anew at each decision from a random stream of their own. */
export const noise: FeatureDefinition = defineFeature({
  name: 'noise',
  description: 'Uniform random numbers, drawn anew at each decision.',
  parameters: {
    low: { type: 'number', minimum: -1e30, maximum: 1e30, default: -100, description: 'Smallest.' },
    high: { type: 'number', minimum: -1e30, maximum: 1e30, default: 100, description: 'Greatest.' },
    size: { type: 'integer', minimum: 1, maximum: 10_000, default: 10, description: 'How many.' },
  },
  check: ({ low, high }) => (low < high ? undefined : `low must be below high, got ${low} and ${high}`),
  create: ({ low, high, size }) => new Noise(low, high, size),
}) as FeatureDefinition;
