/** Why an episode ended. `failed` episodes have a failure code and no figures but their draws. */
export const END_REASONS: readonly ['completed', 'ruined', 'stopped', 'failed'] = [
  'completed',
  'ruined',
  'stopped',
  'failed',
];
export type EndReason = (typeof END_REASONS)[number];

/**
 * Names of the numeric fields of an episode record, in the order in which they are stored. An undefined figure is NaN in
 * memory and null in every table and document. Those of a failed episode are undefined, but for its draws.
 *
 * `drawn`: the paths of the values that are drawn for each episode.
 */
export function recordFields(
  symbols: readonly string[],
  rewardNames: readonly string[],
  drawn: readonly string[] = [],
): string[] {
  return [
    'steps',
    'totalReturn',
    'totalReward',
    ...rewardNames.map((name) => `reward_${name}`),
    'maxDrawdown',
    'sharpe',
    'sortino',
    'calmar',
    'turnover',
    'exposure',
    'orders',
    'fills',
    'rejects',
    'commission',
    'slippage',
    'spread',
    'impact',
    'finalEquity',
    'marketPnl',
    'highestReturn',
    'lowestReturn',
    'longestDrawdown',
    ...symbols.map((symbol) => `finalPrice_${symbol}`),
    ...symbols.map((symbol) => `volatility_${symbol}`),
    ...drawn.map((path) => `draw_${path}`),
  ];
}
