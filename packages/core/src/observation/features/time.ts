import { defineFeature, type Feature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { sinOfTurn } from './turn.ts';

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

class EpisodeTime implements Feature {
  readonly isOfMarket: boolean = true;
  readonly labels = ['time'];
  readonly low = 0;
  readonly high = 1;
  private readonly steps: number;
  private step = 0;

  constructor(steps: number) {
    this.steps = steps;
  }

  begin(): void {
    this.step = 0;
  }

  onMarket(market: ObservedMarket): void {
    this.step = market.step;
  }

  write(out: Float64Array, at: number): void {
    out[at] = this.steps > 0 ? Math.min(this.step / this.steps, 1) : 0;
  }

  fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

class Cycle implements Feature {
  readonly isOfMarket: boolean = true;
  readonly labels: readonly string[];
  readonly low = -1;
  readonly high = 1;
  private readonly lengthMs: number;
  private readonly startMs: number;
  private timeMs: number;

  constructor(name: string, lengthMs: number, startMs: number) {
    this.labels = [`${name}_sin`, `${name}_cos`];
    this.lengthMs = lengthMs;
    this.startMs = startMs;
    this.timeMs = startMs;
  }

  begin(): void {
    this.timeMs = this.startMs;
  }

  onMarket(market: ObservedMarket): void {
    this.timeMs = market.timeMs;
  }

  write(out: Float64Array, at: number): void {
    const turns = (this.timeMs - this.startMs) / this.lengthMs;
    const part = turns - Math.floor(turns);
    out[at] = sinOfTurn(part);
    out[at + 1] = sinOfTurn(part + 0.25);
  }

  fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/**
 * `episode`: step / steps of the config, 0 where it is open-ended. `day` and `week`: sine and cosine of the part of the UTC day, or
 * of the week from Monday 00:00 UTC, that has passed.
 */
export const time: FeatureDefinition = defineFeature({
  name: 'time',
  description: 'How much of the episode has passed, or the time of the day or week.',
  parameters: {
    of: {
      type: 'string',
      enum: ['episode', 'day', 'week'],
      default: 'episode',
      description: 'What passes.',
    },
  },
  create: ({ of }, { steps }) => {
    switch (of) {
      case 'day':
        return new Cycle('day', DAY_MS, 0);
      case 'week':
        return new Cycle('week', 7 * DAY_MS, FIRST_MONDAY_MS);
      default:
        return new EpisodeTime(steps);
    }
  },
}) as FeatureDefinition;
