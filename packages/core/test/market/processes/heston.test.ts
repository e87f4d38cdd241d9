import { describe, expect, it } from 'vitest';
import type { MarketOf } from '../../../src/config/markets.ts';
import { createProcess } from '../../../src/market/create.ts';
import type { TimeGrid } from '../../../src/market/handler.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { rootKey, SubstreamKeyer } from '../../../src/random/key.ts';
import { RandomStream } from '../../../src/random/stream.ts';
import { callPayoffs, closesAt, expectMean, expectVariance, PATHS } from '../ensembles.ts';
import golden from '../golden/stochvol.json' with { type: 'json' };
import { stream } from '../paths.ts';
import { GivenStreams } from './given-shocks.ts';

type Heston = MarketOf<'heston'>;

function heston(parameters: Partial<Heston>): Heston {
  return {
    process: 'heston',
    price: 100,
    drift: 0,
    longRunVariance: 0.04,
    meanReversionSpeed: 2,
    volOfVol: 0.5,
    correlation: 0,
    ...parameters,
  };
}

function gridOf(stepsPerYear: number, steps: number): TimeGrid {
  return { startMs: 0, intervalMs: (365 * 86_400_000) / stepsPerYear, steps, stepsPerYear };
}

function pathOf(config: Heston, grid: TimeGrid, streams: ProcessStreams): Record<'prices' | 'variances', Float64Array> {
  const process = createProcess(config, config.price, grid);
  const prices = new Float64Array(grid.steps);
  const variances = new Float64Array(grid.steps);
  process.begin(streams);
  process.advance(prices, 0, grid.steps, variances);
  return { prices, variances };
}

/** `f` of the variances of each step, over `n` paths. */
function overVariances(
  config: Heston,
  grid: TimeGrid,
  n: number,
  f: (variances: Float64Array) => number,
): Float64Array {
  const process = createProcess(config, config.price, grid);
  const keyer = new SubstreamKeyer(rootKey('heston'), 'market/TEST');
  const key = new Int32Array(4);
  const random = new RandomStream([1, 2, 3, 4]);
  const streams = new ProcessStreams();
  const [prices, variances] = [new Float64Array(grid.steps), new Float64Array(grid.steps)];
  return new Float64Array(n).map((_, episode) => {
    keyer.key(episode, key);
    random.reset(key);
    streams.begin(random);
    process.begin(streams);
    process.advance(prices, 0, grid.steps, variances);
    return f(variances);
  });
}

/** Log return and variance after one step by the formulas as Andersen prints them (2008, sections 3.2.4 and 4.3). */
function andersen(c: Heston, v: number, dt: number, z: number, zv: number, u: number): { x: number; v: number } {
  const { meanReversionSpeed: kappa, longRunVariance: theta, volOfVol: sigma, correlation: rho } = c;
  const e = Math.exp(-kappa * dt);
  const m = theta + (v - theta) * e;
  const s2 = ((v * sigma * sigma * e) / kappa) * (1 - e) + ((theta * sigma * sigma) / (2 * kappa)) * (1 - e) ** 2;
  const psi = s2 / (m * m);
  const k1 = (dt / 2) * ((kappa * rho) / sigma - 0.5) - rho / sigma;
  const k2 = (dt / 2) * ((kappa * rho) / sigma - 0.5) + rho / sigma;
  const k3 = (dt / 2) * (1 - rho * rho);
  const big = k2 + k3 / 2;
  let next: number;
  let k0: number;
  if (psi <= 1.5) {
    const b2 = 2 / psi - 1 + Math.sqrt(2 / psi) * Math.sqrt(2 / psi - 1);
    const a = m / (1 + b2);
    next = a * (Math.sqrt(b2) + zv) ** 2;
    k0 = -(big * b2 * a) / (1 - 2 * big * a) + Math.log(1 - 2 * big * a) / 2 - (k1 + k3 / 2) * v;
  } else {
    const p = (psi - 1) / (psi + 1);
    const beta = (1 - p) / m;
    next = u <= p ? 0 : Math.log((1 - p) / (1 - u)) / beta;
    k0 = -Math.log(p + (beta * (1 - p)) / (beta - big)) - (k1 + k3 / 2) * v;
  }
  return { x: c.drift * dt + k0 + k1 * v + k2 * next + Math.sqrt(k3 * (v + next)) * z, v: next };
}

describe('the process heston', () => {
  it.each([
    { name: 'small steps', config: { drift: 0.3, correlation: -0.7 }, stepsPerYear: 8760 },
    { name: 'large steps', config: { volOfVol: 1, correlation: -0.9, meanReversionSpeed: 0.5 }, stepsPerYear: 4 },
    {
      name: 'a positive correlation',
      config: { volOfVol: 1, correlation: 0.6, initialVariance: 0.2 },
      stepsPerYear: 6,
    },
    {
      name: 'a |2Aa| above 1/8',
      config: { volOfVol: 2, correlation: -1, meanReversionSpeed: 1, longRunVariance: 1 },
      stepsPerYear: 4,
    },
  ])("takes the paper's steps: $name", ({ config: parameters, stepsPerYear }) => {
    const config = heston(parameters);
    const n = 300;
    const normals = Float64Array.from({ length: 2 * n }, () => 0);
    stream(0).fillNormal(normals, 0, 2 * n);
    const [shocks, variance] = [normals.subarray(0, n), normals.subarray(n)];
    const { prices } = pathOf(config, gridOf(stepsPerYear, n), new GivenStreams(shocks, variance));
    // The further streams share one generator, of which only the uniforms are drawn.
    const uniforms = new RandomStream([1, 2, 3, 4]);
    let v = config.initialVariance ?? config.longRunVariance;
    let x = 0;
    let exponential = 0;
    for (let i = 0; i < n; i++) {
      const before = uniforms.save();
      const u = uniforms.nextDouble();
      const step = andersen(config, v, 1 / stepsPerYear, shocks[i]!, variance[i]!, u);
      const other = andersen(config, v, 1 / stepsPerYear, shocks[i]!, variance[i]!, 0.999);
      if (other.v === step.v) uniforms.restore(before);
      else exponential++;
      x += step.x;
      v = step.v;
      expect(Math.log(prices[i]! / 100)).toBeCloseTo(x, 9);
    }
    if (stepsPerYear < 8760) expect(exponential).toBeGreaterThan(20);
    else expect(exponential).toBe(0);
  });

  it.each([
    { name: 'Andersen I', stepsPerYear: 4 },
    { name: 'Andersen II', stepsPerYear: 4 },
    { name: 'Andersen III', stepsPerYear: 4 },
    { name: 'Lewis', stepsPerYear: 8 },
    { name: 'coin', stepsPerYear: 8 },
    { name: 'quick', stepsPerYear: 365 },
  ])('has the option prices and log moments of $name, $stepsPerYear steps a year', ({ name, stepsPerYear }) => {
    // 200,000 paths, 5 standard errors and nothing for the scheme's bias: over 1,000,000 paths, whose standard errors are 0.45 of
    // these, the largest deviation seen was 3.0 of theirs (Andersen I and Lewis, steps of a quarter), -0.06 of a call of 44.33.
    const { years, rate, strikes, calls, log, name: _, ...parameters } = golden.heston.find((c) => c.name === name)!;
    const steps = Math.round(years * stepsPerYear);
    const [prices] = closesAt({ process: 'heston', price: 100, ...parameters }, gridOf(stepsPerYear, steps), [steps]);
    expectMean(prices!, 100 * Math.exp(parameters.drift * years));
    for (const [i, strike] of strikes.entries()) expectMean(callPayoffs(prices!, strike, rate, years), calls[i]!);
    const logs = prices!.map((price) => Math.log(price / 100));
    expectMean(logs, log.mean);
    expectVariance(logs, log.variance);
  });

  it('has the mean and variance of the variance that theory gives, at steps of a year', () => {
    // The step's variance is ½(v₁ + v₂)·dt; QE matches the two first conditional moments, so this holds at any step. n = 200,000.
    const [v0, theta, kappa, sigma] = [0.1, 0.04, 0.4, 0.3];
    const grid = gridOf(1, 2);
    const config = heston({ initialVariance: v0, longRunVariance: theta, meanReversionSpeed: kappa, volOfVol: sigma });
    const found = overVariances(config, grid, PATHS, (variances) => variances[1]!);
    const mean = (t: number): number => theta + (v0 - theta) * Math.exp(-kappa * t);
    const variance = (t: number): number => {
      const e = Math.exp(-kappa * t);
      return ((sigma * sigma) / kappa) * (v0 * (e - e * e) + (theta / 2) * (1 - e) * (1 - e));
    };
    expectMean(found, (mean(1) + mean(2)) / 2);
    expectVariance(found, (variance(1) * (1 + 2 * Math.exp(-kappa)) + variance(2)) / 4);
  });

  it('hands out the whole variance of each step, whatever the correlation', () => {
    // E[Σ] = θT + (v₀ − θ)(1 − e^(−κT))/κ; by trapezoids the second part is off by (κdt)²/12 = 3e-5 of it. n = 20,000.
    const grid = gridOf(100, 50);
    const totals = [-1, 0.5].map((correlation) =>
      overVariances(heston({ initialVariance: 0.09, correlation }), grid, 20_000, (variances) =>
        variances.reduce((sum, v) => sum + v, 0),
      ),
    );
    const expected = 0.04 * 0.5 + (0.05 * -Math.expm1(-1)) / 2;
    for (const total of totals) expectMean(total, expected, expected * 3e-5);
    expect(totals[0]).toEqual(totals[1]);
  });

  it.each([{ volOfVol: 0 }, { volOfVol: 1e-9 }])(
    'is exact where the variance is certain: volOfVol $volOfVol',
    (noise) => {
      // Over one step the variance is θ + (v₀ − θ)(1 − e^(−κdt))/(κdt) on average; at 2e-5 a year a trapezoid is that to 1e-12.
      const stepsPerYear = noise.volOfVol === 0 ? 4 : 50_000;
      const config = heston({ initialVariance: 0.16, drift: 0.1, meanReversionSpeed: 3, ...noise });
      const shocks = [0.7, -1.1, 0.2];
      const { prices, variances } = pathOf(config, gridOf(stepsPerYear, 3), new GivenStreams(shocks, [1, -1, 1]));
      let x = 0;
      for (const [i, shock] of shocks.entries()) {
        const [a, b] = [i / stepsPerYear, (i + 1) / stepsPerYear];
        const integral = 0.04 / stepsPerYear + (0.12 / 3) * Math.exp(-3 * a) * -Math.expm1(-3 * (b - a));
        x += 0.1 / stepsPerYear - integral / 2 + Math.sqrt(integral) * shock;
        expect(variances[i]! / integral).toBeCloseTo(1, 8);
        expect(Math.log(prices[i]! / 100)).toBeCloseTo(x, 9);
      }
    },
  );

  it('loses no digits to a tiny volOfVol, whose ratio to the correlation is huge', () => {
    // In the limit a step is −v·dt/2 + √(v·dt)(ρZᵥ + √(1 − ρ²)Z).
    const config = heston({ volOfVol: 1e-10, correlation: -0.8, meanReversionSpeed: 1e-3 });
    const { prices } = pathOf(config, gridOf(365, 2), new GivenStreams([0.5, 0], [1.5, -2]));
    const deviation = Math.sqrt(0.04 / 365);
    const x = -0.02 / 365 + deviation * (-0.8 * 1.5 + 0.6 * 0.5);
    expect(Math.log(prices[0]! / 100)).toBeCloseTo(x, 10);
    expect(Math.log(prices[1]! / 100)).toBeCloseTo(x - 0.02 / 365 + deviation * 1.6, 10);
  });

  it('stays at the drift without variance until the variance comes back', () => {
    const config = heston({ initialVariance: 0, meanReversionSpeed: 1e-6, volOfVol: 0, drift: 0.5 });
    const { prices } = pathOf(config, gridOf(365, 365), new GivenStreams(new Float64Array(365).fill(1)));
    // At the end the variance is 4e-8 and has added 0.7e-4 of log return at most.
    expect(Math.abs(Math.log(prices[364]! / 100) - 0.5)).toBeLessThan(0.02);
    expect(Math.log(prices[0]! / 100)).toBeCloseTo(0.5 / 365, 5);
  });

  it.each([
    { meanReversionSpeed: 1e-6 },
    { meanReversionSpeed: 1e4 },
    { meanReversionSpeed: 1e4, volOfVol: 1e3 },
    { initialVariance: 0 },
    { initialVariance: 0, meanReversionSpeed: 1e-6 },
    { volOfVol: 100 },
    { volOfVol: 100, correlation: 1 },
    { volOfVol: 100, correlation: -1 },
    { volOfVol: 1e-12, correlation: 1 },
    { correlation: 1, initialVariance: 4 },
    { longRunVariance: 1e-300 },
  ])('keeps a price at the edge of its ranges: %o', (parameters) => {
    const streams = new ProcessStreams();
    for (const stepsPerYear of [1, 365, 525_600]) {
      for (let episode = 0; episode < 20; episode++) {
        streams.begin(stream(episode));
        const { prices, variances } = pathOf(heston(parameters), gridOf(stepsPerYear, 50), streams);
        expect(prices.find((price) => !(price >= 0))).toBeUndefined();
        expect(variances.find((variance) => !(variance >= 0))).toBeUndefined();
      }
    }
  });

  it.each([
    { correlation: -1, volOfVol: 0.8 },
    { correlation: 1, volOfVol: 0.8 },
    { correlation: 0, volOfVol: 5 },
    { correlation: -0.5, volOfVol: 2, initialVariance: 0 },
  ])('keeps the expected price where the Feller condition fails: %o', (parameters) => {
    const [prices] = closesAt(heston({ ...parameters, drift: 0.2 }), gridOf(4, 4), [4]);
    expectMean(prices!, 100 * Math.exp(0.2));
  });

  it('takes the plain drift where the expected price of a sub-step would be infinite', () => {
    // 4096 sub-steps are too few for this reversion: κδ = 24, ψ = 1.5 and A/β = 1.1.
    const config = heston({ longRunVariance: 21_333, volOfVol: 8e4, correlation: 1, meanReversionSpeed: 1e5 });
    const { prices } = pathOf(config, gridOf(1, 1), new GivenStreams([0], new Float64Array(4096).fill(0.3)));
    expect(prices[0]).toBeGreaterThanOrEqual(0);
  });
});
