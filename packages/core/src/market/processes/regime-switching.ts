import { ConfigError } from '../../config/errors.ts';
import type { Dynamics, DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { closedClasses, type Matrix, stationaryDistribution, transitionMatrix } from './markov-chain.ts';
import type { PriceProcess, ProcessStreams } from './process.ts';

/** Makes the process of a regime. */
export type ProcessFactory = (dynamics: Dynamics, price: number, grid: TimeGrid) => PriceProcess;

/**
 * A Markov chain in continuous time chooses which process moves the price (Hamilton 1989, "A new approach to the economic
 * analysis of nonstationary time series and the business cycle").
 *
 * The regime at the steps of the grid has the chain's exact law, by the exponential of its rates; within a step it is the one
 * at the step's start. The regimes' processes take turns: each goes on from the last price, and what else it carries, such as a
 * variance, rests while another moves the price. They share the shocks; their other streams are their own.
 *
 * A regime without rates is never left. Without `initialRegime` a path starts in a regime drawn from the stationary
 * distribution, which must be the only one.
 */
export class RegimeSwitchingProcess implements PriceProcess {
  readonly bridge: PriceProcess['bridge'];
  readonly stepDeviation: number;
  private readonly price: number;
  private readonly regimes: readonly PriceProcess[];
  /** Where a path starts, cumulated. */
  private readonly startBelow: Float64Array;
  /** Of each regime: the logarithm of the probability of staying for a step, and where it goes when it does not, cumulated. */
  private readonly logStay: Float64Array;
  private readonly leaveBelow: readonly Float64Array[];
  private random!: RandomStream;
  private regime = 0;
  /** Steps before the regime changes. */
  private remaining = 0;
  private last = 0;

  /**
   * Throws ConfigError, its path relative to the market's config: where there is no one distribution to start from, or a
   * regime's own process cannot be.
   */
  constructor(config: DynamicsOf<'regime-switching'>, price: number, grid: TimeGrid, create: ProcessFactory) {
    const names = Object.keys(config.regimes);
    const rates: Matrix = names.map((from) => names.map((to) => config.transitions[from]?.[to] ?? 0));
    const start = startDistribution(config, names, rates);
    this.price = price;
    this.regimes = Object.entries(config.regimes).map(([name, dynamics]) =>
      createRegime(name, () => create(dynamics, price, grid)),
    );
    this.startBelow = cumulated(start);
    const step = transitionMatrix(rates, 1 / grid.stepsPerYear);
    this.logStay = Float64Array.from(step, (row, i) => Math.log1p(-leaving(row, i)));
    this.leaveBelow = step.map((row, i) => {
      const total = leaving(row, i);
      return cumulated(row.map((p, k) => (k === i || total === 0 ? 0 : p / total)));
    });
    const bridges = new Set(this.regimes.map(({ bridge }) => bridge));
    this.bridge = bridges.size === 1 ? this.regimes[0]!.bridge : 'none';
    this.stepDeviation = Math.sqrt(
      this.regimes.reduce((sum, { stepDeviation }, i) => sum + start[i]! * stepDeviation * stepDeviation, 0),
    );
  }

  begin(streams: ProcessStreams): void {
    this.random = streams.extra(0);
    for (const [i, regime] of this.regimes.entries()) regime.begin(streams.child(i));
    this.last = this.price;
    this.enter(pick(this.startBelow, this.random.nextDouble()));
  }

  moveTo(price: number): void {
    this.last = price;
    this.regimes[this.regime]!.moveTo(price);
  }

  advance(prices: Float64Array, from: number, to: number, variances?: Float64Array): void {
    let i = from;
    while (i < to) {
      if (this.remaining === 0) this.change();
      const end = Math.min(to, i + this.remaining);
      this.regimes[this.regime]!.advance(prices, i, end, variances);
      this.last = prices[end - 1]!;
      this.remaining -= end - i;
      i = end;
    }
  }

  private change(): void {
    this.enter(pick(this.leaveBelow[this.regime]!, this.random.nextDouble()));
    this.regimes[this.regime]!.moveTo(this.last);
  }

  /** Draws how long the regime stays: P(more than n steps) = stay^n. */
  private enter(regime: number): void {
    this.regime = regime;
    const wait = this.random.exponential() / -this.logStay[regime]!;
    // A regime that is never left, and a wait of 0 / 0.
    this.remaining = wait < Number.MAX_SAFE_INTEGER ? 1 + Math.floor(wait) : Number.POSITIVE_INFINITY;
  }
}

/** What is wrong with a regime's process is told by its place in the market's config. */
function createRegime(name: string, create: () => PriceProcess): PriceProcess {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.issues.map((issue) => ({ ...issue, path: ['regimes', name, ...issue.path] })));
  }
}

function startDistribution(
  { initialRegime }: { readonly initialRegime?: string | undefined },
  names: readonly string[],
  rates: Matrix,
): number[] {
  if (initialRegime !== undefined) return names.map((name) => (name === initialRegime ? 1 : 0));
  const closed = closedClasses(rates);
  if (closed.length === 1) return stationaryDistribution(rates, closed[0]!);
  const groups = closed.map((group) => group.map((i) => names[i]).join(' and ')).join('; ');
  throw new ConfigError([
    {
      path: ['initialRegime'],
      rule: `is needed, because the transitions have more than one stationary distribution (never left are ${groups})`,
      received: initialRegime,
      hint: `set initialRegime to one of ${names.join(', ')}, or add transitions between them`,
    },
  ]);
}

/** The probability of leaving regime i, from the small numbers that make it up. */
function leaving(row: readonly number[], i: number): number {
  return Math.min(
    1,
    row.reduce((sum, p, k) => (k === i ? sum : sum + p), 0),
  );
}

function cumulated(probabilities: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(probabilities, (p) => (sum += p));
}

/** The first index whose cumulated probability is above `u`; where rounding leaves none, the last one with a probability. */
function pick(below: Float64Array, u: number): number {
  const i = below.findIndex((bound) => u < bound);
  return i >= 0 ? i : below.indexOf(below[below.length - 1]!);
}
