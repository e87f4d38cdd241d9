import type { EdgeTest, NullTest } from '@ergodic/analysis';
import { describe, expect, it } from 'vitest';
import { renderNullTest } from '../../src/nulltest/render.ts';

const EDGE: EdgeTest & { dir: string } = {
  dir: '/runs/t/martingale',
  verdict: 'no sign of it',
  reason: '',
  episodes: 2_000,
  traded: 1_900,
  failed: 0,
  gain: 0.0012,
  bound: -0.003,
  gainPerStep: 0.0000024,
  t: 0.61,
  detectable: 0.0071,
  loses: false,
};
const MARKET = { process: 'gbm', volatility: 0.7, isMeasured: false } as const;

function render(changes: Partial<NullTest> = {}): string {
  const text = renderNullTest({
    schema: 1,
    id: 't',
    createdAt: '2026-01-01T00:00:00Z',
    status: 'completed',
    seed: 'seven',
    strategy: '/home/me/strategies/lead.ts',
    dir: '/runs/t',
    verdict: 'no sign of it',
    level: 0.01,
    bounds: { loss: 0.2, gain: 1 },
    steps: 500,
    ownFills: 20.4,
    martingale: {
      ...EDGE,
      markets: { 'BTC/USDT': MARKET, 'ETH/USDT': { ...MARKET, volatility: 0.9134, isMeasured: true } },
    },
    shuffled: { ...EDGE, detectable: 0.0083, returns: { 'BTC/USDT': 20_000 } },
    order: { leftOut: 'BTC/USDT is no replay' },
    mismatches: {},
    ...changes,
  });
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  // As one line, with the spaces that a person sees.
  return text.replaceAll('\u00a0', ' ').replaceAll(/\n {11}(?=\S)/g, ' ');
}

describe('renderNullTest', () => {
  it('says what was found, and how small an edge would have been', () => {
    const text = render();
    expect(text).toContain('Null test t  strategy lead.ts, 2,000 episodes of 500 steps, seed seven');
    expect(text).toContain('No sign that it sees the future. A mean gain of 0.83 % an episode would have been found');
    expect(text).toMatch(/driftless market +0\.12 % +-0\.30 % +0\.61 +0\.71 % +1,900 {2}no sign of it/);
    expect(text).toContain('BTC/USDT: a driftless geometric Brownian motion with 70 % volatility a year;');
    expect(text).toContain(
      'ETH/USDT: a driftless geometric Brownian motion with 91.3 % volatility a year, as measured on it',
    );
    expect(text).toContain('Order      left out: BTC/USDT is no replay');
    expect(text).toContain('ergodic replay /runs/t/martingale --episode 0');
    expect(text).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('sounds the alarm with the size of the gain, and names the market', () => {
    const found = { ...EDGE, verdict: 'sees the future', gain: 0.0321, gainPerStep: 0.000064, t: 45.123 } as const;
    const text = render({
      verdict: 'sees the future',
      martingale: { ...found, markets: { 'BTC/USDT': MARKET } },
    });
    expect(text).toContain(
      'Sees the future, it seems. It earned 3.21 % of the initial cash an episode (0.0064 % a step, t = 45.12) under a driftless ' +
        'geometric Brownian motion with 70 % volatility a year, where nobody can earn anything.',
    );
    const shuffled = { ...found, t: Number.POSITIVE_INFINITY, dir: '/runs/t/shuffled', returns: { 'BTC/USDT': 9 } };
    expect(render({ verdict: 'sees the future', shuffled })).toContain(
      'a step, the same in every episode) on its own returns in random order, where nobody can earn anything.',
    );
    const many = {
      'BTC/USDT': MARKET,
      B: {
        process: 'abm',
        volatility: [
          { from: '0h', value: 12 },
          { from: '1h', value: 3 },
        ],
        isMeasured: false,
      },
    } as const;
    const text2 = render({ verdict: 'sees the future', martingale: { ...found, markets: many } });
    expect(text2).toContain('under driftless Brownian motions, where');
    expect(text2).toContain('B: a driftless arithmetic Brownian motion with 3 to 12 (price units) volatility a year');
  });

  it('says why it cannot tell', () => {
    const silent = {
      ...EDGE,
      verdict: 'cannot tell',
      traded: 0,
      gain: 0,
      bound: 0,
      gainPerStep: 0,
      t: Number.NaN,
      detectable: 0,
    } as const;
    const cannot = (reason: string, more: Partial<NullTest> = {}): string =>
      render({
        verdict: 'cannot tell',
        martingale: { ...silent, reason, markets: { 'BTC/USDT': MARKET } },
        shuffled: { leftOut: 'the price of B is not always positive, so it has no returns' },
        ...more,
      });
    expect(cannot('the strategy never traded', { ownFills: 0 })).toContain('Cannot tell: the strategy never traded.');
    expect(cannot('the strategy never traded')).toContain(
      'Cannot tell: the strategy never traded on a market without drift, though it does on its own (20 fills an episode).',
    );
    expect(cannot('every episode failed')).toMatch(
      /driftless market +0\.00 % +0\.00 % +– +0\.00 % +0 {2}every episode failed/,
    );
    expect(cannot('every episode failed')).toContain('left out: the price of B is not always positive');
  });

  it('tells of state between episodes', () => {
    const text = render({ verdict: 'keeps state', mismatches: { own: [0], permuted: [3, 12] } });
    expect(text).toContain('Verdict    Keeps state between episodes');
    expect(text).toContain('State      different when they ran again: own 0; permuted 3, 12.');
  });

  it('tells what the order of a history is worth', () => {
    const order = {
      dir: '/runs/t/permuted',
      totalReturn: 0.4,
      fills: 9,
      shuffles: 499,
      median: 0.05,
      asGood: 3,
      p: 0.008,
    };
    expect(render({ order })).toContain(
      '40.0 % on the history, 5.00 % on its candles in random order (median of 499); 3 of them did as well: p = 0.008. An edge that ' +
        'exists only in the true order is skill on serial dependence, or memory of this very file; this test cannot tell which.',
    );
    expect(render({ order: { ...order, asGood: 100, p: 0.202 } })).toContain('p = 0.202. That may be luck.');
    expect(render({ order: { ...order, fills: 0 } })).toContain('the strategy never traded on the history');
  });

  it('tells of failures, of fills that cost something, and of bounds that are none', () => {
    const text = render({
      martingale: { ...EDGE, failed: 3, loses: true, markets: { 'BTC/USDT': MARKET } },
      bounds: { loss: 0.99, gain: Number.POSITIVE_INFINITY },
    });
    expect(text).toContain('no sign of it, 3 failed');
    expect(text).toContain('Fills      it loses more than chance allows where nobody should');
    expect(text).toContain('an episode ends at a loss of 99.0 %: no rare result decides');
  });
});
