import {
  defineStrategy,
  type MarketEvent,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
} from './strategy.ts';

/** Means that agree to twelve digits are equal: a sum of equal prices is not exactly a multiple of the price. */
const EQUAL = 1e-12;

/**
 * Two moving sums over one ring buffer. Each sum moves by the price that enters minus the one that leaves; once per turn of
 * the ring both are added up afresh, so rounding never accumulates beyond one window and equal prices give equal means.
 */
class Cross {
  private readonly ring: Float64Array;
  private readonly fast: number;
  private at = 0;
  private count = 0;
  private fastSum = 0;
  private slowSum = 0;
  isLong = false;

  constructor(fast: number, slow: number) {
    this.fast = fast;
    this.ring = new Float64Array(slow);
  }

  /** Takes a price; whether the state changed. */
  update(price: number): boolean {
    const ring = this.ring;
    const slow = ring.length;
    const at = this.at;
    const leavesFast = at >= this.fast ? at - this.fast : at - this.fast + slow;
    this.fastSum += price - ring[leavesFast]!;
    this.slowSum += price - ring[at]!;
    ring[at] = price;
    this.at = at + 1;
    if (at + 1 === slow) this.addUp();
    if (this.count < slow - 1) {
      this.count++;
      return false;
    }
    const difference = this.fastSum * slow - this.slowSum * this.fast;
    if (this.isLong ? difference < 0 : difference > 0) {
      if (Math.abs(difference) <= EQUAL * Math.abs(this.slowSum * this.fast)) return false;
      this.isLong = !this.isLong;
      return true;
    }
    return false;
  }

  private addUp(): void {
    const { ring, fast } = this;
    const split = ring.length - fast;
    this.fastSum = sumOf(ring, split, ring.length);
    this.slowSum = sumOf(ring, 0, split) + this.fastSum;
    this.at = 0;
  }
}

/** Two running sums: the processor adds to one while the other is under way. */
function sumOf(values: Float64Array, from: number, to: number): number {
  let even = 0;
  let odd = 0;
  let i = from;
  for (; i + 1 < to; i += 2) {
    even += values[i]!;
    odd += values[i + 1]!;
  }
  return i < to ? even + odd + values[i]! : even + odd;
}

class SmaCross implements Strategy {
  private readonly crosses: readonly Cross[];
  /** With one symbol there is nothing to look up. */
  private readonly only: Cross | null;

  constructor(fast: number, slow: number, symbols: number) {
    this.crosses = Array.from({ length: symbols }, () => new Cross(fast, slow));
    this.only = symbols === 1 ? this.crosses[0]! : null;
  }

  onMarket(market: MarketEvent, context: StrategyContext): void {
    const cross = this.only ?? this.crosses[market.symbolIndex]!;
    if (cross.update(market.price)) context.signal(cross.isLong ? 'LONG' : 'FLAT');
  }
}

/** Long while the fast mean is above the slow one, else flat; first compared when the slow window is full; equality keeps. */
export const smaCross: StrategyDefinition = defineStrategy({
  name: 'sma-cross',
  description: 'Long while the fast moving average is above the slow one, else flat.',
  parameters: {
    fast: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 10,
      description: 'Window of the fast mean, steps.',
    },
    slow: {
      type: 'integer',
      minimum: 2,
      maximum: 100_000,
      default: 50,
      description: 'Window of the slow mean, steps.',
    },
  },
  check: ({ fast, slow }) => (fast < slow ? undefined : `fast must be smaller than slow, got ${fast} and ${slow}`),
  create: ({ fast, slow }, { symbols }) => new SmaCross(fast, slow, symbols.length),
}) as StrategyDefinition;
