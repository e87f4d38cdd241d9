import type { StoredRun } from '@ergodic/analysis';
import { type Estimate, medianOf, quantileOf, type Sample, shareOf } from '@ergodic/statistics';
import { type FirstPrice, loadFirstPrice } from './first-prices.ts';
import type { Tables } from './tables.ts';

/** More symbols than this are not looked at: a page of panels is not read. */
export const MOST_SYMBOLS = 4;
/** Fewest episodes of a third: below this its quantiles have no interval. */
const FEWEST_OF_GROUP = 20;

/** Outcomes of the episodes of one third. */
export interface ConditionGroup {
  /** Ends of the condition's values, of these episodes. */
  readonly from: number;
  readonly to: number;
  readonly median: Estimate;
  readonly q05: Estimate;
  readonly loss: Estimate;
  readonly q25: number;
  readonly q75: number;
}

/** What a market did in an episode, low to high, and what the strategy returned then. */
export interface Condition {
  readonly symbol: string;
  /** Realised volatility, a year; or the asset's own return over the episode. */
  readonly kind: 'volatility' | 'direction';
  readonly groups: readonly ConditionGroup[];
}

/** Thirds of the episodes by realised volatility and by the market's direction, symbol by symbol. None where a third would be too small. */
export async function loadConditions(run: StoredRun, tables: Tables): Promise<Condition[]> {
  const { fields, symbols } = run.manifest.layout;
  if ((run.summary.metrics.totalReturn?.n ?? 0) < 3 * FEWEST_OF_GROUP) return [];
  const found: Condition[] = [];
  const { antithetic, column } = await run.episodes(['totalReturn']);
  const returns = { values: column('totalReturn'), antithetic };
  for (const symbol of symbols.slice(0, MOST_SYMBOLS)) {
    const add = (kind: Condition['kind'], by: Float64Array): void => {
      const groups = thirds(returns, by);
      if (groups !== undefined) found.push({ symbol, kind, groups });
    };
    const volatility = `volatility_${symbol}`;
    if (fields.includes(volatility)) add('volatility', (await run.episodes([volatility])).column(volatility));
    const last = `finalPrice_${symbol}`;
    const first = await loadFirstPrice(run, tables, symbol);
    if (first !== undefined) add('direction', changes((await run.episodes([last])).column(last), first));
  }
  return found;
}

/** Returns of the asset; NaN where the first price is not above zero. */
function changes(last: Float64Array, first: Exclude<FirstPrice, undefined>): Float64Array {
  return last.map((price, i) => {
    const from = typeof first === 'number' ? first : first[i]!;
    return from > 0 ? price / from - 1 : Number.NaN;
  });
}

function thirds(returns: Sample, by: Float64Array): ConditionGroup[] | undefined {
  const whole = { values: by, antithetic: false };
  const [low, high] = [1 / 3, 2 / 3].map((p) => quantileOf(whole, p).value) as [number, number];
  const groups = [0, 1, 2].map(() => new Group(returns));
  for (let i = 0; i < by.length; i++) {
    const x = by[i]!;
    if (!Number.isNaN(x)) groups[x <= low ? 0 : x <= high ? 1 : 2]!.add(i, x);
  }
  return groups.every(({ n }) => n >= FEWEST_OF_GROUP) ? groups.map((group) => group.outcome()) : undefined;
}

/** Episodes of one third. Antithetic ones keep their place beside their partner, for the intervals. */
class Group {
  n = 0;
  private readonly returns: Sample;
  private readonly values: Float64Array;
  private from = Number.POSITIVE_INFINITY;
  private to = Number.NEGATIVE_INFINITY;

  constructor(returns: Sample) {
    this.returns = returns;
    this.values = new Float64Array(returns.values.length).fill(Number.NaN);
  }

  add(episode: number, x: number): void {
    const { values, antithetic } = this.returns;
    const value = values[episode]!;
    if (Number.isNaN(value)) return;
    this.values[antithetic ? episode : this.n] = value;
    this.n++;
    if (x < this.from) this.from = x;
    if (x > this.to) this.to = x;
  }

  outcome(): ConditionGroup {
    const { antithetic } = this.returns;
    const sample = { values: antithetic ? this.values : this.values.slice(0, this.n), antithetic };
    const losses = sample.values.map((value) => (Number.isNaN(value) ? value : value < 0 ? 1 : 0));
    return {
      from: this.from,
      to: this.to,
      median: medianOf(sample),
      q05: quantileOf(sample, 0.05),
      loss: shareOf({ values: losses, antithetic }),
      q25: quantileOf(sample, 0.25).value,
      q75: quantileOf(sample, 0.75).value,
    };
  }
}
