import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import type { FillEvent } from '../../src/events/events.ts';
import { Simulation } from '../../src/loop/simulation.ts';
import type { MarketColumns, MarketDataHandler } from '../../src/market/handler.ts';

/** Quotes at the given prices, an hour apart. */
function quotes(prices: readonly number[]): MarketDataHandler {
  let at = 0;
  return {
    kind: 'quote',
    hasVolume: false,
    rows: prices.length,
    begin: () => {
      at = 0;
    },
    fill: (columns: MarketColumns, count: number) => {
      const rows = Math.min(count, prices.length - at);
      for (let i = 0; i < rows; i++) {
        columns.timeMs[i] = (at + i) * 3_600_000;
        columns.close[i] = prices[at + i]!;
      }
      at += rows;
      return rows;
    },
  };
}

/** Fills of a limit buy at 95 that is sent at the first quote. */
function fillsOf(prices: readonly number[]): FillEvent[] {
  const fills: FillEvent[] = [];
  const config = parseConfig({
    markets: { A: { process: 'gbm', price: 100, volatility: 0 } },
    strategy: { use: 'bid' },
    execution: { fees: { maker: 0.001, taker: 0.01 } },
  });
  const simulation = new Simulation(config, {
    handlers: [quotes(prices)],
    strategies: {
      bid: {
        name: 'bid',
        parameters: {},
        create: () => ({
          onMarket: (market, context) => {
            if (market.step === 0) context.order('buy', 1, { orderType: 'limit', limitPrice: 95 });
          },
          onFill: (fill) => void fills.push(fill),
        }),
      },
    },
  });
  simulation.begin(0);
  while (simulation.advance() !== 'ended');
  return fills;
}

test('a limit that the first quote satisfies takes liquidity', () => {
  expect(fillsOf([100, 94, 100])).toMatchObject([
    { price: 94, liquidity: 'taker', commission: expect.closeTo(0.94, 12) },
  ]);
});

test('a limit that has rested on a market of quotes gives liquidity', () => {
  for (const rested of [1, 5, 600]) {
    const waiting = new Array<number>(rested).fill(100);
    expect(fillsOf([100, ...waiting, 94, 100])).toMatchObject([
      { price: 94, liquidity: 'maker', commission: expect.closeTo(0.094, 12) },
    ]);
  }
});
