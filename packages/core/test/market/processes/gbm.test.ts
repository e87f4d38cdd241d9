import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/config/processes.ts';
import { createHandler } from '../../../src/market/create.ts';
import { GbmProcess } from '../../../src/market/processes/gbm.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { closesAt, eachPath, expectMean, expectVariance, PATHS } from '../ensembles.ts';
import {
  expectNormalMoments,
  expectWithin5Se,
  hourlyGrid,
  momentsAtTwoRows,
  path,
  stream,
  yearGrid,
} from '../paths.ts';

describe('the process gbm', () => {
  it('gives only the initial price when there are no steps', () => {
    const { timeMs, close } = path(
      createHandler({ process: 'gbm', price: 30_000, drift: 1, volatility: 1 }, hourlyGrid(0)),
      stream(0),
    );
    expect(Array.from(close)).toEqual([30_000]);
    expect(Array.from(timeMs)).toEqual([Date.UTC(2026, 0, 1)]);
  });

  it('grows by exp(drift · t) without volatility', () => {
    const { close } = path(
      createHandler({ process: 'gbm', price: 100, drift: 0.5, volatility: 0 }, yearGrid(500)),
      stream(0),
    );
    for (let row = 0; row <= 500; row++) {
      expect(Math.abs(close[row]! / (100 * Math.exp((0.5 * row) / 500)) - 1)).toBeLessThan(1e-13);
    }
  });

  it('puts row k at start + k intervals', () => {
    const { timeMs } = path(
      createHandler({ process: 'gbm', price: 1, drift: 0, volatility: 1 }, hourlyGrid(300)),
      stream(0),
    );
    expect(timeMs[300]).toBe(Date.UTC(2026, 0, 1) + 300 * 3_600_000);
  });

  it('follows the formula of one step', () => {
    const { close } = path(
      createHandler({ process: 'gbm', price: 100, drift: 0.3, volatility: 0.8 }, yearGrid(100)),
      stream(3),
    );
    const z = stream(3).normal();
    expect(close[1]).toBeCloseTo(100 * Math.exp((0.3 - 0.32) / 100 + 0.08 * z), 10);
  });

  it('keeps its initial price exactly, also a tiny or a huge one', () => {
    for (const price of [5e-324, 1e-300, 0.1, 1e300]) {
      const handler = createHandler({ process: 'gbm', price, drift: 0, volatility: 0.5 }, yearGrid(10));
      expect(path(handler, stream(0)).close[0]).toBe(price);
    }
  });

  it('has the mean, variance and covariance of log prices that theory gives', () => {
    // Cov(ln S_s, ln S_t) = volatility² · min(s, t); 20,000 paths, standard errors in expectNormalMoments, 5 of them.
    const handler = createHandler({ process: 'gbm', price: 100, drift: 0.2, volatility: 0.7 }, yearGrid(12));
    const got = momentsAtTwoRows(handler, 20_000, 3, 12, (price) => Math.log(price / 100));
    const mean = 0.2 - 0.245;
    expectNormalMoments(20_000, got, {
      meanEarly: mean * 0.25,
      meanLate: mean,
      varianceEarly: 0.49 * 0.25,
      varianceLate: 0.49,
      covariance: 0.49 * 0.25,
    });
  });

  it('has drift as the growth of the expected price', () => {
    // Var(S_T) = S₀² e^(2·drift·T) (e^(volatility²·T) − 1); 20,000 paths, 5 standard errors.
    const handler = createHandler({ process: 'gbm', price: 100, drift: 0.2, volatility: 0.7 }, yearGrid(12));
    const { meanLate } = momentsAtTwoRows(handler, 20_000, 3, 12, (price) => price);
    const expected = 100 * Math.exp(0.2);
    expectWithin5Se(meanLate, expected, expected * Math.sqrt(Math.expm1(0.49) / 20_000));
  });
});

/** 20 steps a year, and the same with steps ten times as long. */
describe.each([20, 2])('gbm at %d steps a year', (steps) => {
  // 200,000 paths, 5 of their own standard errors.
  it('has the lognormal mean and variance', () => {
    const [last] = closesAt({ process: 'gbm', price: 100, drift: 0.3, volatility: 0.6 }, yearGrid(steps), [steps]);
    expectMean(last!, 100 * Math.exp(0.3));
    expectVariance(last!, 10_000 * Math.exp(0.6) * Math.expm1(0.36));
  });

  it('has the geometric average that Kemna and Vorst 1990 give', () => {
    // The log average is normal: mean (drift − volatility²/2)·(n + 1)/(2n), variance volatility²·(n + 1)(2n + 1)/(6n²).
    const averages = new Float64Array(PATHS);
    eachPath({ process: 'gbm', price: 1, drift: 0.3, volatility: 0.6 }, yearGrid(steps), {}, (close, episode) => {
      let sum = 0;
      for (let row = 1; row <= steps; row++) sum += Math.log(close[row]!) / steps;
      averages[episode] = Math.exp(sum);
    });
    const mean = (0.12 * (steps + 1)) / (2 * steps);
    const variance = (0.36 * (steps + 1) * (2 * steps + 1)) / (6 * steps * steps);
    expectMean(averages, Math.exp(mean + variance / 2));
    expectVariance(averages, Math.exp(2 * mean + variance) * Math.expm1(variance));
  });

  it('has the mean and variance of log prices that a drift and volatility in time give, wherever they change', () => {
    const rows = [steps / 2, steps];
    const closes = closesAt(
      { process: 'gbm', price: 1, drift: drifts, volatility: volatilities },
      yearGrid(steps),
      rows,
    );
    for (const [i, close] of closes.entries()) {
      const days = (365 * rows[i]!) / steps;
      const variance = integral(volatilities, days, (value) => value * value);
      const logs = close.map(Math.log);
      expectMean(logs, integral(drifts, days) - variance / 2);
      expectVariance(logs, variance);
      expectMean(close, Math.exp(integral(drifts, days)));
    }
  });
});

describe('gbm with a drift and volatility in time', () => {
  it('follows the integral of the drift at every step without volatility', () => {
    for (const steps of [1, 7, 365, 500]) {
      const handler = createHandler({ process: 'gbm', price: 100, drift: drifts, volatility: 0 }, yearGrid(steps));
      const { close } = path(handler, stream(0));
      for (let row = 0; row <= steps; row++) {
        const expected = 100 * Math.exp(integral(drifts, (365 * row) / steps));
        expect(Math.abs(close[row]! / expected - 1)).toBeLessThan(1e-12);
      }
    }
  });

  it('tells the variance of each step', () => {
    const process = new GbmProcess({ process: 'gbm', drift: drifts, volatility: volatilities }, 1, yearGrid(50));
    const streams = new ProcessStreams();
    streams.begin(stream(0));
    process.begin(streams);
    const variances = new Float64Array(50);
    process.advance(new Float64Array(50), 0, 50, variances);
    const square = (value: number) => value * value;
    for (let i = 0; i < 50; i++) {
      const until = integral(volatilities, 7.3 * (i + 1), square);
      expect(variances[i]).toBeCloseTo(until - integral(volatilities, 7.3 * i, square), 12);
    }
  });

  it('is the same path bit for bit where the only entry is a constant', () => {
    const inTime = { drift: [{ from: '0h', value: 0.2 }], volatility: [{ from: '0h', value: 0.7 }] };
    const constant = createHandler({ process: 'gbm', price: 100, drift: 0.2, volatility: 0.7 }, hourlyGrid(400));
    const scheduled = createHandler({ process: 'gbm', price: 100, ...inTime }, hourlyGrid(400));
    expect(Array.from(path(scheduled, stream(1)).close)).toEqual(Array.from(path(constant, stream(1)).close));
  });
});

const drifts: readonly Change[] = [
  { from: '0h', value: 0.5 },
  { from: '100d', value: -1 },
  { from: '101.5d', value: 3 },
  { from: '230d', value: 0.1 },
];
const volatilities: readonly Change[] = [
  { from: '0h', value: 0.2 },
  { from: '150d', value: 0.9 },
  { from: '300d', value: 0 },
  { from: '310d', value: 0.4 },
];

/** ∫ f(value) dt from 0 to `days`, in years. */
function integral(changes: readonly Change[], days: number, f: (value: number) => number = (value) => value): number {
  let sum = 0;
  for (const [i, { from, value }] of changes.entries()) {
    const start = Number.parseFloat(from);
    const end = Math.min(days, Number.parseFloat(changes[i + 1]?.from ?? 'Infinity'));
    if (end > start) sum += (f(value) * (end - start)) / 365;
  }
  return sum;
}
