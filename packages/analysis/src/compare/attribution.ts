import { compareIndependent, type Estimate, meanOf, type Sample } from '@ergodic/statistics';
import type { StoredRun } from '../run.ts';
import { commonOf } from './metric.ts';
import type { PartDifference } from './types.ts';

const CASH_DRAW = 'draw_portfolio.cash';

/** Columns of the episodes that the change of equity is split into. Costs count against it. */
const COLUMNS = [
  { part: 'market exposure', column: 'marketPnl', sign: 1 },
  { part: 'commission', column: 'commission', sign: -1 },
  { part: 'slippage', column: 'slippage', sign: -1 },
  { part: 'spread', column: 'spread', sign: -1 },
  { part: 'market impact', column: 'impact', sign: -1 },
] as const;

/**
 * What an episode's change of equity, final equity less initial cash, is made of; the parts add up to it. Market exposure is the average
 * position x the change of the price. What neither it nor the costs explain is timing: when positions were larger than on average and when
 * smaller.
 */
export const PARTS: readonly ['market exposure', 'timing', 'commission', 'slippage', 'spread', 'market impact'] = [
  'market exposure',
  'timing',
  'commission',
  'slippage',
  'spread',
  'market impact',
];
export type Part = (typeof PARTS)[number];

/**
 * The mean difference of the change of equity, part by part, and last of the whole; quote currency. `below`: the first episodes only.
 * Undefined where a run was made before it stored the columns. One column is in memory at a time: a million episodes have six.
 */
export async function attributionOf(
  a: StoredRun,
  b: StoredRun,
  isPaired: boolean,
  below: number | undefined,
): Promise<PartDifference[] | undefined> {
  const needed = ['finalEquity', ...COLUMNS.map(({ column }) => column)];
  if (![a, b].every(({ manifest }) => needed.every((name) => manifest.layout.fields.includes(name)))) return undefined;
  const [changeA, changeB] = [await equityChangeOf(a, below), await equityChangeOf(b, below)];
  const [restA, restB] = [changeA.values.slice(), changeB.values.slice()];
  const parts: PartDifference[] = [];
  for (const { part, column, sign } of COLUMNS) {
    const [x, y] = [await columnOf(a, column, sign, below), await columnOf(b, column, sign, below)];
    subtract(restA, x.values);
    subtract(restB, y.values);
    parts.push({ part, ...compared(x, y, isPaired) });
  }
  const timing = compared({ ...changeA, values: restA }, { ...changeB, values: restB }, isPaired);
  const [exposure, ...costs] = parts;
  const whole = compared(changeA, changeB, isPaired);
  return [exposure!, { part: 'timing', ...timing }, ...costs, { part: 'change of equity', ...whole }];
}

/** Final equity less initial cash by episode; NaN where it failed. */
async function equityChangeOf(run: StoredRun, below: number | undefined): Promise<Sample> {
  const isDrawn = run.manifest.layout.fields.includes(CASH_DRAW);
  const table = await run.episodes(isDrawn ? ['finalEquity', CASH_DRAW] : ['finalEquity'], below);
  const drawn = isDrawn ? table.column(CASH_DRAW) : undefined;
  const { cash } = run.manifest.config.portfolio;
  const values = table.column('finalEquity').map((equity, i) => equity - (drawn?.[i] ?? cash));
  return { values, antithetic: table.antithetic };
}

async function columnOf(run: StoredRun, column: string, sign: 1 | -1, below: number | undefined): Promise<Sample> {
  const table = await run.episodes([column], below);
  // Plus zero: a cost that there was not is no −0.
  const values = sign === 1 ? table.column(column) : table.column(column).map((cost) => 0 - cost);
  return { values, antithetic: table.antithetic };
}

function subtract(from: Float64Array, values: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i]! -= values[i]!;
}

function compared(a: Sample, b: Sample, isPaired: boolean): Omit<PartDifference, 'part'> {
  const [x, y] = isPaired ? commonOf(a, b) : [a, b];
  return { a: meanOf(x), b: meanOf(y), difference: meanDifference(x, y, isPaired) };
}

function meanDifference(a: Sample, b: Sample, isPaired: boolean): Estimate {
  if (!isPaired) return compareIndependent(a, b).meanDifference;
  return meanOf({ ...a, values: b.values.map((value, i) => value - a.values[i]!) });
}
