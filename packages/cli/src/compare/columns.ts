import { money, number, percent, type Show } from '../report/format.ts';

const NAMES: Readonly<Record<string, string>> = {
  totalReturn: 'total return',
  totalReward: 'total reward',
  maxDrawdown: 'maximum drawdown',
  longestDrawdown: 'longest drawdown in steps',
  sharpe: 'Sharpe ratio',
  sortino: 'Sortino ratio',
  calmar: 'Calmar ratio',
  finalEquity: 'final equity',
  marketPnl: 'profit from market exposure',
  impact: 'market impact',
  highestReturn: 'highest return',
  lowestReturn: 'lowest return',
  steps: 'number of steps',
  orders: 'number of orders',
  fills: 'number of fills',
  rejects: 'number of refused orders',
};
const FRACTIONS = new Set(['totalReturn', 'maxDrawdown', 'exposure', 'highestReturn', 'lowestReturn']);
const MONEY = new Set(['finalEquity', 'marketPnl', 'commission', 'slippage', 'spread', 'impact']);

/** A column of the episodes as one says it. */
export function columnInWords(column: string): string {
  return NAMES[column] ?? column.replace(/^reward_/, 'reward ').replace(/^(volatility|finalPrice)_/, '$1 of ');
}

/** How figures of a column are written. */
export function showColumn(column: string): Show {
  if (FRACTIONS.has(column) || column.startsWith('volatility_')) return percent;
  return MONEY.has(column) || column.startsWith('finalPrice_') ? money : number;
}

/** `0.25 percentage points`, `12.50`: the size of a difference of a column. */
export function sizeInWords(column: string, difference: number, resolution: number): string {
  const show = showColumn(column);
  const text = show(Math.abs(difference), resolution);
  return show === percent ? `${withoutUnit(text)} percentage points` : text;
}

/** `−5.2 %` → `−5.2` */
export function withoutUnit(text: string): string {
  return text.replace(/\s*%$/, '');
}
