import type { StepColumns } from '../events/steps.ts';
import { defineReward, type RewardDefinition, type RewardTerm } from './term.ts';

/** Keeps exp within a double that still adds up with other rewards. */
const LARGEST_EXPONENT = 20;

/**
 * The orders of the last `window` steps as counts per step in a ring, with their number and the sum of their ages kept up
 * to date: both are whole numbers, so nothing drifts.
 */
class OrderFrequency implements RewardTerm {
  private readonly ring: Float64Array;
  private readonly limit: number;
  private readonly scale: number;
  private at = 0;
  private orders = 0;
  private ages = 0;

  constructor(window: number, limit: number, scale: number) {
    this.ring = new Float64Array(window);
    this.limit = limit;
    this.scale = scale;
  }

  begin(): void {
    this.ring.fill(0);
    this.at = 0;
    this.orders = 0;
    this.ages = 0;
  }

  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void {
    const { ring, limit, scale } = this;
    const window = ring.length;
    const sent = steps.orders;
    let { at, orders, ages } = this;
    for (let i = from; i <= to; i++) {
      // A step later every order is a step older: those of the last decision have age 1, those beyond the window leave.
      ages += orders;
      const leaving = ring[at]!;
      orders -= leaving;
      ages -= leaving * (window + 1);
      const entering = sent[i - 1]!;
      ring[at] = entering;
      orders += entering;
      ages += entering;
      at = at + 1 === window ? 0 : at + 1;
      const excess = 2 * (orders - ages / window) - limit;
      out[i] = excess > 0 ? -scale * (Math.exp(Math.min(excess, LARGEST_EXPONENT)) - 1) : 0;
    }
    this.at = at;
    this.orders = orders;
    this.ages = ages;
  }
}

/**
 * r = -scale (exp(min(x, 20)) - 1), x = max(0, sum over orders younger than `window` steps of 2 (1 - age / window) - limit).
 *
 * The age of an order at a step is the number of steps since its decision, at least 1: recent orders weigh up to 2, old ones
 * next to nothing, and steady trading of one order per k steps settles near window / k.
 */
export const orderFrequency: RewardDefinition = defineReward({
  name: 'order-frequency',
  description: 'Penalty that grows exponentially with the number of recent orders, the newest weighing most.',
  parameters: {
    window: {
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      default: 50,
      description: 'Steps an order is remembered.',
    },
    limit: { type: 'number', minimum: 0, default: 5, description: 'Weighted orders that cost nothing.' },
    scale: { type: 'number', minimum: 0, default: 0.01 },
  },
  create: ({ window, limit, scale }) => new OrderFrequency(window, limit, scale),
}) as RewardDefinition;
