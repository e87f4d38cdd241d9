import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { configOf, replayOf, run, simulationOf } from '../loop/simulate.ts';
import { HOUR_MS, Market } from './market.ts';

const CANDLE = [100, 110, 90, 105, 400];

function fillOf(section: object, send: (market: Market) => void, rounding = {}): Market['reports']['fills'] {
  const market = new Market(section, rounding);
  send(market);
  market.candle(CANDLE);
  return market.reports.fills;
}

describe('the price of an order that takes liquidity', () => {
  test('is worse by slippage, half the spread and impact, each counted once', () => {
    const section = { slippage: { bps: 5 }, spread: { bps: 20 }, impact: { coefficient: 0.1 } };
    // A quarter of the volume: half of the coefficient.
    const [buy] = fillOf(section, (market) => market.send('buy', 100));
    expect(buy!.price).toBeCloseTo(100 + 0.05 + 0.1 + 5, 12);
    expect(buy!.slippage).toBeCloseTo(5, 9);
    expect(buy!.spread).toBeCloseTo(10, 12);
    expect(buy!.impact).toBeCloseTo(500, 12);
    const [sale] = fillOf(section, (market) => market.send('sell', 100));
    expect(sale!.price).toBeCloseTo(100 - 0.05 - 0.1 - 5, 12);
    expect([sale!.spread, sale!.impact]).toEqual([buy!.spread, buy!.impact]);
  });

  test('limits pay neither spread nor impact; stops do', () => {
    const section = { spread: { bps: 20 }, impact: { coefficient: 0.1 } };
    const limit = fillOf(section, (market) => market.send('buy', 10, { orderType: 'limit', limitPrice: 95 }));
    expect(limit).toMatchObject([{ price: 95, slippage: 0, spread: 0, impact: 0 }]);
    const [stop] = fillOf(section, (market) => market.send('buy', 100, { orderType: 'stop', triggerPrice: 108 }));
    expect(stop!.price).toBeCloseTo(108 * (1 + 0.001 + 0.05), 10);
  });

  test('rounding to the tick counts as slippage', () => {
    const [buy] = fillOf({ spread: { bps: 1 } }, (market) => market.send('buy', 10), { tickSize: 0.5 });
    expect(buy!.price).toBe(100.5);
    expect(buy!.spread).toBeCloseTo(0.05, 12);
    expect(buy!.slippage).toBeCloseTo(5 - 0.05, 12);
  });

  test('no share of a volume is above one, also where nothing was traded', () => {
    const section = { impact: { coefficient: 0.1 } };
    const [large] = fillOf(section, (market) => market.send('buy', 1_000_000));
    expect(large!.price).toBeCloseTo(110, 12);
    const market = new Market(section);
    market.send('buy', 1);
    market.candle([100, 100, 100, 100, 0]);
    expect(market.reports.fills[0]!.price).toBeCloseTo(110, 12);
  });

  test('a partial fill pays the impact of its own share', () => {
    const section = { participationRate: 0.25, impact: { coefficient: 0.1 } };
    const [part] = fillOf(section, (market) => market.send('buy', 1_000));
    expect(part!.quantity).toBe(100);
    expect(part!.impact).toBeCloseTo(100 * 5, 9);
  });
});

describe('spread and impact in a config', () => {
  test('impact needs volume, and no optimistic fills', () => {
    expect(() => simulationOf({ execution: { impact: { coefficient: 0.1 } } })).toThrow(
      'execution.impact: needs markets with volume',
    );
    const both = { impact: { coefficient: 0.1 }, fill: 'optimistic' };
    expect(() => parseConfig(configOf({ execution: both }))).toThrow('must be 0 with fill: optimistic');
  });

  test('costs together stay below the price', () => {
    const section = { slippage: { bps: 5_000 }, spread: { bps: 10_000 } };
    expect(() => parseConfig(configOf({ execution: section }))).toThrow('must stay below the whole price');
  });

  test('the record adds them up', () => {
    const rows = [CANDLE, CANDLE, CANDLE];
    const execution = { spread: { bps: 20 }, impact: { coefficient: 0.1 } };
    const simulation = replayOf(rows, { interval: '1h', execution }, () => ({
      onMarket: (market, context) => void context.order(market.step === 0 ? 'buy' : 'sell', 4),
    }));
    const { figures } = run(simulation);
    expect(HOUR_MS).toBe(simulation.intervalMs);
    // Two fills of 4 at 100: one hundredth of the volume each.
    expect(figures.fills).toBe(2);
    expect(figures.spread).toBeCloseTo(2 * 4 * 0.1, 10);
    expect(figures.impact).toBeCloseTo(2 * 4 * 1, 10);
    expect(figures.slippage).toBeCloseTo(0, 10);
  });
});
