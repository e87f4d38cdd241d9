import type { StoredRun } from '@ergodic/analysis';
import { type EpisodeTable, type Estimate, meanOf } from '@ergodic/statistics';

/** Columns of costs, in the order of the page. Runs of older versions lack the last two. */
export const COSTS = ['commission', 'slippage', 'spread', 'impact'] as const;
const NAMES = { commission: 'commission', slippage: 'slippage', spread: 'spread', impact: 'market impact' } as const;
/** A drawn initial cash is stored under this name. */
const DRAWN_CASH = 'draw_portfolio.cash';

export interface AttributionPart {
  readonly name: string;
  /** Of an episode, in quote currency; costs are negative. */
  readonly mean: Estimate;
}

/** What the mean change of equity is made of. The means of the parts add up to that of the change. */
export interface Attribution {
  readonly change: Estimate;
  readonly parts: readonly AttributionPart[];
}

/** Where the money of an episode went. */
export interface MoneyFlow {
  /** Mean of all costs together. */
  readonly costs: Estimate;
  /** Undefined of a run whose version did not store what it needs, and where every episode failed. */
  readonly attribution: Attribution | undefined;
}

/**
 * Splits final equity − initial cash into market exposure (mean position times change of price), the costs, and timing: what is left is due
 * to positions that were larger at some times than at others.
 */
export async function loadMoneyFlow(run: StoredRun): Promise<MoneyFlow> {
  const { layout, config } = run.manifest;
  const wanted = [...COSTS, 'marketPnl', 'finalEquity', DRAWN_CASH];
  const table = await run.episodes(wanted.filter((column) => layout.fields.includes(column)));
  const mean = (values: Float64Array): Estimate => meanOf({ values, antithetic: table.antithetic });
  const costs = COSTS.filter((column) => layout.fields.includes(column));
  const total = mean(sumOf(table, costs));
  if (total.n === 0 || ['marketPnl', ...COSTS].some((column) => !layout.fields.includes(column))) {
    return { costs: total, attribution: undefined };
  }
  const cash = layout.fields.includes(DRAWN_CASH) ? table.column(DRAWN_CASH) : undefined;
  const change = table.column('finalEquity').map((equity, i) => equity - (cash?.[i] ?? config.portfolio.cash));
  const exposure = table.column('marketPnl');
  const paid = sumOf(table, COSTS);
  const timing = change.map((value, i) => value - exposure[i]! + paid[i]!);
  const parts = [
    { name: 'market exposure', mean: mean(exposure) },
    { name: 'timing', mean: mean(timing) },
    ...COSTS.map((column) => ({ name: NAMES[column], mean: negative(mean(table.column(column))) })),
  ];
  return { costs: total, attribution: { change: mean(change), parts } };
}

function sumOf(table: EpisodeTable, columns: readonly string[]): Float64Array {
  const sum = new Float64Array(table.episodes);
  for (const column of columns) {
    const values = table.column(column);
    for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
  }
  return sum;
}

/** Of the negated values. Zero less: a cost that there was not is no −0. */
function negative({ value, low, high, n, method }: Estimate): Estimate {
  return { value: 0 - value, low: 0 - high, high: 0 - low, n, method };
}
