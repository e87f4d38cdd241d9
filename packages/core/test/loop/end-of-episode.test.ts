import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Strategy, StrategyContext } from '../../src/strategy/strategy.ts';
import { scenario } from './chaos.ts';
import {
  candlesOf,
  flat,
  HOUR_MS,
  REPLAY,
  Recording,
  replayOf,
  run,
  START_MS,
  simulationOf,
  Trace,
  TWO_MARKETS,
} from './simulate.ts';

const markets = (trace: Trace): number => trace.lines.filter((line) => line.includes('MARKET')).length;
const hold: Strategy = { onMarket: (market, context) => void (market.step === 0 && context.order('buy', 50)) };

describe('a completed episode', () => {
  test.each([0, 1, 2, 511, 512, 513, 1024, 1500])(
    'of %i steps has as many increments, MARKETs and decisions',
    (steps) => {
      for (const [symbols, config] of [
        [1, {}],
        [2, { markets: TWO_MARKETS }],
      ] as const) {
        let decisions = 0;
        const trace = new Trace();
        const recording = new Recording();
        const simulation = simulationOf({ steps, ...config }, () => ({ onMarket: () => void decisions++ }));
        const outcome = run(simulation, 0, { tracer: trace, recorder: recording });
        expect(outcome.endReason).toBe('completed');
        expect(outcome.figures.steps).toBe(steps);
        // MARKET 0 carries the initial price; there is no decision at the last MARKET.
        expect(markets(trace)).toBe(symbols * (steps + 1));
        expect(decisions).toBe(symbols * steps);
        expect(recording.timeMs).toEqual(Array.from({ length: steps + 1 }, (_, i) => START_MS + i * HOUR_MS));
        expect(recording.prices[0]).toEqual(symbols === 1 ? [100] : [100, 50]);
        decisions = 0;
        run(simulation);
        expect(decisions).toBe(symbols * steps);
      }
    },
  );

  test('of no steps keeps its cash, and its ratios are undefined, not zero', () => {
    const { figures } = run(simulationOf({ steps: 0 }));
    expect(figures).toMatchObject({
      steps: 0,
      totalReturn: 0,
      totalReward: 0,
      maxDrawdown: 0,
      finalEquity: 10_000,
      finalPrice_A: 100,
    });
    expect([figures.sharpe, figures.sortino, figures.calmar]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('expires open orders, tells the strategy, and marks positions without closing them', () => {
    const updates: string[] = [];
    const simulation = replayOf([flat(100), flat(100), flat(100, 120)], {}, () => ({
      onMarket(market, context) {
        if (market.step > 0) return;
        context.order('buy', 50);
        context.order('buy', 1, { orderType: 'limit', limitPrice: 1 });
      },
      onOrderUpdate: (update) => updates.push(`${update.order.orderId} ${update.status} ${update.reason}`.trim()),
    }));
    const { figures, endReason } = run(simulation);
    expect(endReason).toBe('completed');
    expect(updates).toEqual(['1 accepted', '2 accepted', '1 filled', '2 expired EPISODE_END']);
    expect(figures).toMatchObject({
      fills: 1,
      orders: 2,
      finalEquity: 11_000,
      finalPrice_A: 120,
      totalReturn: expect.closeTo(0.1, 12),
    });
  });

  test('has no order from its final step, whatever asks for it', () => {
    for (const tracer of [null, new Trace()]) {
      const simulation = simulationOf({ steps: 3, markets: TWO_MARKETS }, () => ({
        onMarket: (market, context) => void (market.step === 2 && context.order('buy', 1)),
        onFill: (_, context) => void context.order('buy', 1),
        onOrderUpdate: ({ status }, context) => void (status === 'filled' && context.signal('LONG')),
      }));
      expect(run(simulation, 0, { tracer }).figures).toMatchObject({ orders: 2, fills: 2, rejects: 0 });
    }
  });

  test('has the orders of a timer between its last two blocks', () => {
    const simulation = simulationOf({ steps: 520 }, () => ({
      onMarket: (market, context) => void (market.step === 511 && context.timer(market.timeMs + 1, 'between')),
      onTimer: (_, context) => void context.order('buy', 1),
    }));
    expect(run(simulation).figures).toMatchObject({ orders: 1, fills: 1 });
  });

  test('of two histories that begin and end apart runs from the first price to the last', () => {
    const seen: string[] = [];
    const simulation = simulationOf(
      { steps: undefined, markets: { A: REPLAY, B: REPLAY }, rewards: [{ use: 'relative', symbol: 'B' }] },
      () => ({
        onMarket: (market, context) =>
          void seen.push(`${market.step} ${market.symbol} ${context.price('A')} ${context.price('B')}`),
      }),
      {
        candles: {
          A: candlesOf([flat(1), flat(2)]),
          B: candlesOf([flat(10), flat(20), flat(40)], START_MS + HOUR_MS),
        },
      },
    );
    const recording = new Recording();
    const { figures } = run(simulation, 0, { recorder: recording });
    expect(seen).toEqual(['0 A 1 NaN', '1 A 2 NaN', '1 B 2 10', '2 B 2 20']);
    expect(figures.steps).toBe(3);
    const twice = expect.closeTo(-Math.log(2), 12);
    expect(recording.total.slice(1)).toEqual([0, twice, twice]);
  });

  test('adds up where an optimistic order fills before the first step is over', () => {
    const execution = { fill: 'optimistic', fees: { taker: 0.01 } };
    const simulation = simulationOf({ steps: 5, markets: TWO_MARKETS, execution }, () => ({
      onMarket: (market, context) => void (market.step <= 0 && context.order('buy', 1)),
    }));
    const { figures } = run(simulation);
    expect(figures.fills).toBeGreaterThan(0);
    expect(figures['reward_log-return']).toBeCloseTo(Math.log(figures.finalEquity! / 10_000), 12);
  });

  test('adds up: the log returns sum to the logarithm of the growth, whatever happened', () => {
    fc.assert(
      fc.property(scenario, ({ changes, create }) => {
        const { figures, endReason } = run(simulationOf(changes, create));
        expect(endReason).not.toBe('failed');
        // Stopped between the symbols of step 1: a fill may have been booked, and no step has a reward.
        const growth = figures.steps === 0 ? 0 : Math.log(figures.finalEquity! / 10_000);
        // Up to 1030 logarithms of size below 1, each rounded at 2^-53.
        expect(figures['reward_log-return']).toBeCloseTo(growth, 9);
        const terms = Object.entries(figures).filter(([name]) => name.startsWith('reward_'));
        const sum = terms.reduce((total, [, value]) => total + value, 0);
        // 1030 x 4 additions of penalties, each rounded at 2^-53 of the sum: below 1e-12 of it.
        expect(Math.abs(figures.totalReward! - sum)).toBeLessThan(1e-11 * (1 + Math.abs(sum)));
      }),
      { numRuns: 40 },
    );
  });
});

describe('wherever an episode stops, the rewards account for its final equity', () => {
  // A block of the lane has 512 rows: 512 steps of one symbol, 256 of two.
  const around = [1, 2, 255, 256, 257, 509, 510, 511, 512, 513, 514];
  const adds = ({ endReason, figures }: ReturnType<typeof run>): number => {
    expect(endReason).toBe('stopped');
    expect(figures.fills).toBeGreaterThan(0);
    return figures['reward_log-return']! - Math.log(figures.finalEquity! / 10_000);
  };

  const stopInFill = (step: number): number => {
    const costly = { latency: '10m', fees: { taker: 0.01 } };
    const simulation = simulationOf({ steps: 600, execution: costly }, () => ({
      onMarket: (market, context) => void (market.step === step - 1 && context.order('buy', 50)),
      onFill: (_, context) => context.stop(),
    }));
    return adds(run(simulation));
  };
  const stopInDecision = (step: number, external: boolean): number => {
    const costly = { latency: '10m', fees: { taker: 0.01 } };
    const decide = (context: StrategyContext): void => {
      if (context.step === step - 1) context.order('buy', 50);
      if (context.step === step) context.stop();
    };
    const create = (): Strategy => ({ onMarket: (_, context) => decide(context) });
    const simulation = simulationOf({ steps: 600, execution: costly }, create, { external });
    return adds(run(simulation, 0, {}, [], ({ context }) => decide(context)));
  };
  const stopInStep = (step: number): number => {
    const simulation = simulationOf({ steps: 600, markets: TWO_MARKETS }, () => ({
      onMarket(market, context) {
        if (market.step === 0) context.order('buy', 20);
        if (market.step === step && market.symbol === 'A') context.stop();
      },
    }));
    return adds(run(simulation));
  };

  test.each(around)('in a fill between MARKET %i and the next', (step) => {
    expect(stopInFill(step)).toBeCloseTo(0, 12);
  });

  test.each(around)('in a decision of step %i with a fill under way, from inside and from outside', (step) => {
    expect(stopInDecision(step, false)).toBeCloseTo(0, 12);
    expect(stopInDecision(step, true)).toBeCloseTo(0, 12);
  });

  test.each(around)('after the first of two symbols at step %i', (step) => {
    expect(stopInStep(step)).toBeCloseTo(0, 12);
  });
});

describe('a ruined episode', () => {
  const ruinAt = (price: number, ruin: number): ReturnType<typeof run> => {
    const config = { portfolio: { ruin, risk: { maxLeverage: 1 }, cash: 10_000 } };
    return run(
      replayOf([flat(100), flat(100), flat(price), flat(100), flat(100)], config, () => ({
        onMarket: (market, context) => void (market.step === 0 && context.order('buy', 100)),
      })),
    );
  };

  test('ends at the mark at which equity is at or below the limit', () => {
    expect(ruinAt(50, 0.5)).toMatchObject({ endReason: 'ruined', figures: { steps: 2, finalEquity: 5_000 } });
    expect(ruinAt(50.01, 0.5)).toMatchObject({ endReason: 'completed', figures: { steps: 4, finalEquity: 10_000 } });
  });

  test('with nothing left has a finite reward: the log return stops at 1e-4 of the initial', () => {
    const simulation = replayOf(
      [flat(100), flat(100), flat(300), flat(300)],
      { portfolio: { allowShort: true } },
      () => ({
        onMarket: (market, context) => void (market.step === 0 && context.order('sell', 100)),
      }),
    );
    const { endReason, figures } = run(simulation);
    expect(endReason).toBe('ruined');
    expect(figures).toMatchObject({ steps: 2, finalEquity: -10_000, maxDrawdown: 2, totalReturn: -2 });
    expect(figures.totalReward).toBeCloseTo(Math.log(1e-4), 12);
  });

  test('makes no decision at the ruining MARKET', () => {
    let last = -1;
    const simulation = replayOf([flat(100), flat(100), flat(0.5), flat(1)], {}, () => ({
      onMarket(market, context) {
        last = market.step;
        if (last === 0) context.order('buy', 100);
      },
    }));
    expect(run(simulation).endReason).toBe('ruined');
    expect(last).toBe(1);
  });
});

describe('a stopped episode', () => {
  test('ends once the event being handled is done', () => {
    const seen: number[] = [];
    const simulation = simulationOf({ steps: 10 }, () => ({
      onMarket(market, context) {
        seen.push(market.step);
        if (market.step === 3) context.stop();
      },
    }));
    expect(run(simulation)).toMatchObject({ endReason: 'stopped', figures: { steps: 3 } });
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  test('expires what rests and keeps what it holds', () => {
    const updates: string[] = [];
    const simulation = simulationOf({ steps: 10 }, () => ({
      onMarket(market, context) {
        hold.onMarket!(market, context);
        if (market.step === 2) context.order('buy', 1, { orderType: 'limit', limitPrice: 1 });
        if (market.step === 4) context.stop();
      },
      onOrderUpdate: ({ status, reason }) => void updates.push(`${status} ${reason}`.trim()),
    }));
    expect(run(simulation)).toMatchObject({ endReason: 'stopped', figures: { steps: 4, fills: 1 } });
    expect(updates).toEqual(['accepted', 'filled', 'accepted', 'expired EPISODE_END']);
  });

  test.each(['start', 'first symbol'])('at the %s has no steps and nothing of the episode before', (when) => {
    let episode = -1;
    const create = (): Strategy => {
      episode++;
      if (episode === 0) return hold;
      const stop = (_: unknown, context?: { stop(): void }): void => context!.stop();
      return when === 'start' ? { onStart: (context) => context.stop() } : { onMarket: stop };
    };
    const simulation = simulationOf({ steps: 30, markets: TWO_MARKETS }, create);
    run(simulation);
    const { endReason, figures } = run(simulation, 1);
    expect(endReason).toBe('stopped');
    expect(figures).toMatchObject({
      steps: 0,
      totalReturn: 0,
      totalReward: 0,
      maxDrawdown: 0,
      exposure: 0,
      turnover: 0,
      finalEquity: 10_000,
    });
    expect(figures.sharpe).toBeNaN();
  });
});
