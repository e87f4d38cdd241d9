import { describe, expect, it } from 'vitest';
import type { MarketOf } from '../../../src/config/markets.ts';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import type { TimeGrid } from '../../../src/market/handler.ts';
import { closesAt, eachPath, expectMean, expectVariance, PATHS } from '../ensembles.ts';
import golden from '../golden/stochvol.json' with { type: 'json' };
import { expectWithin5Se, path, stream, yearGrid } from '../paths.ts';
import { GivenStreams } from './given-shocks.ts';

type Garch = MarketOf<'garch'>;
type GjrGarch = MarketOf<'gjr-garch'>;

/** Daily steps of 1 %: mean and −h/2 of a log return are too small to show in its squares. */
const DAILY: TimeGrid = { startMs: 0, intervalMs: 86_400_000, steps: 60, stepsPerYear: 365 };
const VARIANCE = 1e-4;
const volatility = Math.sqrt(VARIANCE * 365);

function garch(parameters: Partial<Garch>): Garch {
  return { process: 'garch', price: 100, drift: 0, volatility, alpha: 0.15, beta: 0.5, ...parameters };
}

function gjr(parameters: Partial<GjrGarch>): GjrGarch {
  return { process: 'gjr-garch', price: 100, drift: 0, volatility, alpha: 0.05, gamma: 0.2, beta: 0.5, ...parameters };
}

/** Log return less its conditional mean's part −h/2, which is at most 1e-3 of a deviation here, over long-run deviation. */
function shocksAt(config: Garch | GjrGarch, steps: number, rows: readonly number[]): Float64Array[] {
  const out = rows.map(() => new Float64Array(PATHS));
  eachPath(config, { ...DAILY, steps }, {}, (close, episode) => {
    for (const [i, row] of rows.entries()) {
      out[i]![episode] = (Math.log(close[row]! / close[row - 1]!) + VARIANCE / 2) / Math.sqrt(VARIANCE);
    }
  });
  return out;
}

/** What −h/2 and its fluctuation can add to a moment of these shocks, relative to it. */
const SLACK = 2e-3;

function square(x: number): number {
  return x * x;
}

describe.each(golden.garch.cases)('the process $name', (c) => {
  const grid: TimeGrid = {
    startMs: 0,
    intervalMs: 1000,
    steps: c.shocks.length,
    stepsPerYear: golden.garch.stepsPerYear,
  };
  const { name, volatility, alpha, gamma, beta, drift } = c;
  const config: Garch | GjrGarch =
    name === 'garch'
      ? { process: 'garch', price: 100, drift, volatility, alpha, beta }
      : { process: 'gjr-garch', price: 100, drift, volatility, alpha, gamma, beta };
  const process = createProcess(config, 100, grid);
  const prices = new Float64Array(grid.steps);
  const variances = new Float64Array(grid.steps);
  process.begin(new GivenStreams(c.shocks));
  process.advance(prices, 0, grid.steps, variances);
  const residuals = prices.map(
    (price, i) => Math.log(price / (i === 0 ? 100 : prices[i - 1]!)) - drift / grid.stepsPerYear + variances[i]! / 2,
  );

  it('simulates the variances that arch simulates from the same shocks', () => {
    for (const [i, variance] of c.variances.entries()) expect(variances[i]! / variance).toBeCloseTo(1, 12);
  });

  it('has the log-likelihood that arch gives the residuals', () => {
    const likelihood = residuals.reduce(
      (sum, e, i) => sum - (Math.log(2 * Math.PI * variances[i]!) + (e * e) / variances[i]!) / 2,
      0,
    );
    expect(likelihood).toBeCloseTo(c.logLikelihood, 6);
  });
});

describe('the process garch', () => {
  it('gives only the initial price when there are no steps', () => {
    expect(Array.from(path(createHandler(garch({}), yearGrid(0)), stream(0)).close)).toEqual([100]);
  });

  it('has the expected price exp(drift · T) and the long-run variance, also at steps as large as the volatility', () => {
    const config = garch({ drift: 0.2, volatility: 0.8 });
    const [one, last] = closesAt(config, yearGrid(12), [11, 12]);
    expectMean(last!, 100 * Math.exp(0.2));
    expectMean(
      last!.map((price) => Math.log(price / 100)),
      0.2 - 0.32,
    );
    // Var(r) = E[h] + Var(h)/4 and Var(h) = α²·(E[ε⁴] − 1)·Σ… stays below 0.1·(σ²dt)².
    const h = 0.64 / 12;
    expectVariance(
      last!.map((price, i) => Math.log(price / one![i]!)),
      h,
      0.03 * h * h,
    );
  });

  it('has the variance, kurtosis and autocorrelation of squares that theory gives', () => {
    // Bollerslev 1986: kurtosis 3(1 − (α+β)²)/(1 − (α+β)² − 2α²); ρ₁ = α(1 − αβ − β²)/(1 − 2αβ − β²), ρₖ = (α+β)ᵏ⁻¹ρ₁. Step 50
    // is stationary to (α+β)⁵⁰ = 4e-10. n = 200,000.
    const [alpha, beta] = [0.15, 0.5];
    const sum = alpha + beta;
    const [x, y, z] = shocksAt(garch({ alpha, beta }), 55, [50, 51, 55]);
    expectMean(x!.map(square), 1, SLACK);
    const kurtosis = (3 * (1 - sum * sum)) / (1 - sum * sum - 2 * alpha * alpha);
    expectMean(
      x!.map((e) => square(square(e))),
      kurtosis,
      SLACK * kurtosis,
    );
    const first = (alpha * (1 - alpha * beta - beta * beta)) / (1 - 2 * alpha * beta - beta * beta);
    for (const [later, correlation] of [
      [y!, first],
      [z!, first * sum ** 4],
    ] as const) {
      const products = x!.map((e, i) => (e * e - 1) * (square(later[i]!) - 1));
      expectMean(products, correlation * (kurtosis - 1), SLACK * kurtosis);
    }
    expectMean(
      x!.map((e, i) => e * y![i]!),
      0,
      SLACK,
    );
  });

  it('has Student-t shocks of variance 1 with the kurtosis that theory gives', () => {
    // With shocks of kurtosis k = 3 + 6/(ν − 4): k(1 − (α+β)²)/(1 − (α+β)² − (k − 1)α²) (He and Teräsvirta 1999). n = 200,000.
    const [alpha, beta, degreesOfFreedom] = [0.1, 0.4, 14];
    const [x] = shocksAt(garch({ alpha, beta, degreesOfFreedom }), 40, [40]);
    expectMean(x!.map(square), 1, SLACK);
    const k = 3 + 6 / (degreesOfFreedom - 4);
    const kurtosis = (k * (1 - 0.25)) / (1 - 0.25 - (k - 1) * alpha * alpha);
    expectMean(
      x!.map((e) => square(square(e))),
      kurtosis,
      SLACK * kurtosis,
    );
  });

  it('has independent Student-t returns without alpha and beta', () => {
    // Of t with 3 degrees of freedom P(|t| < x) = (2/π)(u/(1 + u²) + atan u), u = x/√3; its variance is 3. Counts have the standard
    // error √(p(1 − p)n).
    const [x, y] = shocksAt(garch({ alpha: 0, beta: 0, degreesOfFreedom: 3 }), 2, [1, 2]);
    for (const bound of [0.1, 0.5, 1, 3, 10]) {
      // −h/2 is exact here: the variance is constant.
      const p = (2 / Math.PI) * (bound / (1 + bound * bound) + Math.atan(bound));
      for (const shocks of [x!, y!]) {
        const count = shocks.filter((e) => Math.abs(e) < bound).length;
        expectWithin5Se(count, p * PATHS, Math.sqrt(p * (1 - p) * PATHS));
      }
      const both = x!.filter((e, i) => Math.abs(e) < bound && Math.abs(y![i]!) < bound).length;
      expectWithin5Se(both, p * p * PATHS, Math.sqrt(p * p * (1 - p * p) * PATHS));
    }
  });

  it('hands out for each step the variance that its shock had, given its Student-t weight', () => {
    const process = createProcess(garch({ degreesOfFreedom: 3 }), 100, DAILY);
    const [prices, variances] = [new Float64Array(60), new Float64Array(60)];
    const shocks = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i));
    process.begin(new GivenStreams(shocks));
    process.advance(prices, 0, 60, variances);
    let h = VARIANCE;
    for (const [i, z] of shocks.entries()) {
      const e = Math.log(prices[i]! / (i === 0 ? 100 : prices[i - 1]!)) + h / 2;
      expect(Math.sqrt(variances[i]!) * z).toBeCloseTo(e, 12);
      h = VARIANCE * (1 - 0.15 - 0.5) + 0.15 * e * e + 0.5 * h;
    }
  });

  it.each([
    { alpha: 0 },
    { beta: 0 },
    { alpha: 0, beta: 0 },
    { alpha: 0.0999, beta: 0.9 },
    { alpha: 0.9999, beta: 0 },
    { alpha: 0, beta: 0.9999 },
    { degreesOfFreedom: 2.01 },
    { degreesOfFreedom: 1e6 },
  ])('keeps a price and its long-run variance at the edge of its ranges: %o', (parameters) => {
    const config = garch(parameters);
    const { close } = path(createHandler(config, { ...DAILY, steps: 500 }), stream(2));
    expect(close.find((price) => !(price > 0))).toBeUndefined();
    if (parameters.alpha === 0.9999 || parameters.degreesOfFreedom === 2.01) return;
    const [x] = shocksAt(config, 3, [3]);
    expectMean(x!.map(square), 1, SLACK);
  });
});

describe('the process gjr-garch', () => {
  it('is garch without gamma, bit for bit', () => {
    const plain = path(createHandler(garch({}), DAILY), stream(3)).close;
    expect(path(createHandler(gjr({ alpha: 0.15, beta: 0.5, gamma: 0 }), DAILY), stream(3)).close).toEqual(plain);
  });

  it('has more variance after a fall, as theory gives', () => {
    // The first two shocks have h₀ = the long run: E[e₀e₁²] = −γh₀^(3/2)·√(2/π). n = 200,000.
    const [x, y] = shocksAt(gjr({}), 2, [1, 2]);
    expectMean(
      x!.map((e, i) => e * square(y![i]!)),
      -0.2 * Math.sqrt(2 / Math.PI),
      SLACK,
    );
  });

  it('keeps the long-run variance and the expected price', () => {
    const [x] = shocksAt(gjr({}), 30, [30]);
    expectMean(x!.map(square), 1, SLACK);
    const [prices] = closesAt(gjr({ drift: -0.3, volatility: 1.5 }), yearGrid(12), [12]);
    expectMean(prices!, 100 * Math.exp(-0.3));
  });

  it('has the kurtosis that theory gives', () => {
    // E[h²] = ω(ω + 2bh)/(1 − E[(a + β)²]), a = (α + γ·[ε < 0])ε²: 3(α² + αγ + γ²/2) + 2β(α + γ/2) + β²; kurtosis 3E[h²]/E[h]².
    const [alpha, gamma, beta] = [0.05, 0.2, 0.5];
    const persistence = alpha + gamma / 2 + beta;
    const second =
      3 * (alpha * alpha + alpha * gamma + (gamma * gamma) / 2) + 2 * beta * (alpha + gamma / 2) + beta * beta;
    const omega = 1 - persistence;
    const kurtosis = (3 * (omega * omega + 2 * omega * persistence)) / (1 - second);
    const [x] = shocksAt(gjr({ alpha, gamma, beta }), 50, [50]);
    expectMean(
      x!.map((e) => square(square(e))),
      kurtosis,
      SLACK * kurtosis,
    );
  });
});
