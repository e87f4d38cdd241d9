import { expect, test } from 'vitest';
import { END_REASONS, recordFields } from '../../src/summary/record.ts';

test('the fields of a record and their order are a contract: the digest and every table follow it', () => {
  expect(recordFields(['BTC/USDT', 'A'], ['log-return', 'x'])).toEqual([
    'steps',
    'totalReturn',
    'totalReward',
    'reward_log-return',
    'reward_x',
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
    'finalPrice_BTC/USDT',
    'finalPrice_A',
    'volatility_BTC/USDT',
    'volatility_A',
  ]);
  expect(recordFields([], [], ['steps', 'markets["BRK.B"].price']).slice(-3)).toEqual([
    'longestDrawdown',
    'draw_steps',
    'draw_markets["BRK.B"].price',
  ]);
});

test('the end reasons and their order are stored', () => {
  expect(END_REASONS).toEqual(['completed', 'ruined', 'stopped', 'failed']);
});
