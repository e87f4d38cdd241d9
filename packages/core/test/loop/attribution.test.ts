import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FillEvent } from '../../src/events/events.ts';
import type { Recorder, Tracer } from '../../src/loop/parts.ts';
import type { Simulation } from '../../src/loop/simulation.ts';
import { type Scenario, scenario } from './chaos.ts';
import { run, simulationOf } from './simulate.ts';

const CASH = 10_000;

/** Positions and prices at each mark, and the fills with the price before costs. */
class Ledger implements Tracer, Recorder {
  readonly positions: number[][] = [];
  readonly prices: number[][] = [];
  readonly fills: { symbol: number; signedQty: number; reference: number }[] = [];
  private readonly simulation: Simulation;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
  }

  event(): void {}

  market(): void {}

  step(): void {
    const { position, price } = this.simulation.account;
    this.positions.push([...position]);
    this.prices.push([...price]);
  }

  steps(): void {}

  fill(fill: FillEvent): void {
    const { order, filledQty, price, slippage, spread, impact } = fill;
    const reference = price - (order.sign * (slippage + spread + impact)) / filledQty;
    this.fills.push({ symbol: fill.symbolIndex, signedQty: order.sign * filledQty, reference });
  }
}

const COSTS = {
  fees: { taker: 0.002, maker: -0.0003 },
  slippage: { bps: 7 },
  spread: { bps: 11 },
};

function costly({ changes, create }: Scenario): Simulation {
  const { execution } = changes as { execution: object };
  return simulationOf(
    { ...changes, execution: { ...execution, ...COSTS }, portfolio: { cash: CASH, allowShort: true } },
    create,
  );
}

describe('the change of equity', () => {
  test('is market exposure and timing, less each cost once: held against a ledger of marks and fills', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const simulation = costly(drawn);
        const ledger = new Ledger(simulation);
        const { figures, endReason } = run(simulation, 0, { tracer: ledger, recorder: ledger });
        if (endReason === 'failed') return;
        const { commission, slippage, spread, impact, finalEquity, marketPnl } = figures as Record<string, number>;
        const costs = commission! + slippage! + spread! + impact!;
        // An episode that stops within a step has seen its price.
        const last = [...simulation.account.price];
        // What the positions earned from the prices before costs.
        const held = ledger.fills.reduce(
          (sum, fill) => sum + fill.signedQty * (last[fill.symbol]! - fill.reference),
          0,
        );
        expect(finalEquity! - CASH).toBeCloseTo(held - costs, 6);
        // Market exposure, from the positions at the marks.
        const steps = ledger.positions.length - 1;
        const exposure = last.map((price, s) => {
          const mean = ledger.positions.slice(0, steps).reduce((sum, position) => sum + position[s]!, 0) / steps;
          return steps === 0 ? 0 : mean * (price - ledger.prices[0]![s]!);
        });
        expect(marketPnl).toBeCloseTo(
          exposure.reduce((a, b) => a + b, 0),
          6,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('comes to the same bits on the quiet path', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const simulation = costly(drawn);
        const watched = run(simulation, 3, { tracer: new Ledger(simulation) });
        expect(run(simulation, 3).record).toEqual(watched.record);
      }),
      { numRuns: 50 },
    );
  });

  test('of one who buys and holds is market exposure alone, of one who never trades nothing', () => {
    const free = simulationOf({ steps: 300 }, () => ({
      onMarket: (market, context) => void (market.step === 0 && context.order('buy', 50)),
    }));
    const { figures } = run(free, 1);
    // The fill is at the first step: the position is held over 299 of 300.
    const first = 50 * (figures.finalPrice_A! - 100);
    expect(figures.marketPnl).toBeCloseTo((first * 299) / 300, 8);
    const idle = run(simulationOf({ steps: 300 }), 1).figures;
    expect([idle.marketPnl, idle.finalEquity]).toEqual([0, CASH]);
  });
});
