import { describe, expect, it } from 'vitest';
import { Schedule, type Span } from '../../../src/market/processes/schedule.ts';
import { hourlyGrid } from '../paths.ts';

/** The spans as they come when steps are passed without end. */
function spansOf(schedule: Schedule, count: number): Span[] {
  const spans: Span[] = [];
  schedule.restart();
  for (let i = 0; i < count; i++) {
    spans.push(schedule.span);
    schedule.pass(Number.POSITIVE_INFINITY);
  }
  return spans;
}

describe('a schedule', () => {
  it('of constants is one span without end', () => {
    expect(new Schedule(0.2, 0.7, hourlyGrid(5)).span).toEqual({
      until: Number.POSITIVE_INFINITY,
      drift: 0.2,
      volatility: 0.7,
    });
  });

  it('changes at whole steps without a step in between', () => {
    const drift = [
      { from: '0h', value: 1 },
      { from: '3h', value: 2 },
    ];
    const volatility = [
      { from: '0h', value: 5 },
      { from: '2h', value: 6 },
    ];
    expect(spansOf(new Schedule(drift, volatility, hourlyGrid(5)), 3)).toEqual([
      { until: 2, drift: 1, volatility: 5 },
      { until: 3, drift: 1, volatility: 6 },
      { until: Number.POSITIVE_INFINITY, drift: 2, volatility: 6 },
    ]);
  });

  it('averages the drift and the squared volatility over a step with several changes', () => {
    const drift = [
      { from: '0h', value: 1 },
      { from: '75m', value: 5 },
      { from: '105m', value: -3 },
    ];
    const volatility = [
      { from: '0h', value: 2 },
      { from: '90m', value: 4 },
    ];
    expect(spansOf(new Schedule(drift, volatility, hourlyGrid(5)), 3)).toEqual([
      { until: 1, drift: 1, volatility: 2 },
      { until: 2, drift: 0.25 * 1 + 0.5 * 5 + 0.25 * -3, volatility: Math.sqrt(0.5 * 4 + 0.5 * 16) },
      { until: Number.POSITIVE_INFINITY, drift: -3, volatility: 4 },
    ]);
  });

  it('passes no further than the end of a span, and starts again', () => {
    const drift = [
      { from: '0h', value: 1 },
      { from: '150m', value: 2 },
    ];
    const schedule = new Schedule(drift, 0, hourlyGrid(10));
    for (let round = 0; round < 2; round++) {
      expect([schedule.pass(1), schedule.pass(9), schedule.pass(9), schedule.pass(9)]).toEqual([1, 1, 1, 9]);
      expect(schedule.span.drift).toBe(2);
      schedule.restart();
      expect(schedule.span.drift).toBe(1);
    }
  });

  it('has as typical volatility the root of its mean square over the grid', () => {
    const volatility = [
      { from: '0h', value: 0 },
      { from: '30m', value: 4 },
      { from: '3h', value: 1 },
    ];
    const typical = (steps: number) => new Schedule(0, volatility, hourlyGrid(steps)).typicalVolatility;
    expect(typical(1)).toBeCloseTo(Math.sqrt(8), 12);
    expect(typical(4)).toBeCloseTo(Math.sqrt((8 + 16 + 16 + 1) / 4), 12);
    expect(typical(Number.POSITIVE_INFINITY)).toBe(1);
    expect(typical(0)).toBeCloseTo(Math.sqrt(8), 12);
  });
});
