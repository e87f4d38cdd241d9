/** Which values of a column a trader wants: `none` where more is neither better nor worse. */
export type Better = 'higher' | 'lower' | 'none';

const HIGHER = new Set([
  'totalReturn',
  'totalReward',
  'sharpe',
  'sortino',
  'calmar',
  'finalEquity',
  'marketPnl',
  'highestReturn',
  'lowestReturn',
]);
const LOWER = new Set(['maxDrawdown', 'longestDrawdown', 'commission', 'slippage', 'spread', 'impact', 'rejects']);

export function betterOf(column: string): Better {
  if (HIGHER.has(column) || column.startsWith('reward_')) return 'higher';
  return LOWER.has(column) ? 'lower' : 'none';
}
