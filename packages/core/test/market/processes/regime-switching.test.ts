import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/errors.ts';
import type { MarketOf } from '../../../src/config/markets.ts';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import type { TimeGrid } from '../../../src/market/handler.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { rootKey, SubstreamKeyer } from '../../../src/random/key.ts';
import { RandomStream } from '../../../src/random/stream.ts';
import { closesAt, expectMean, expectVariance, PATHS } from '../ensembles.ts';
import { expectWithin5Se, hourlyGrid, path, stream } from '../paths.ts';

type Switching = MarketOf<'regime-switching'>;
type Matrix = readonly (readonly number[])[];

const calm = { process: 'gbm', drift: 0.4, volatility: 0.3 } as const;
const crash = { process: 'gbm', drift: -2, volatility: 1.5 } as const;
const GRID: TimeGrid = { startMs: 0, intervalMs: 1000, steps: 10, stepsPerYear: 50 };

function switching(parameters: Partial<Switching> = {}): Switching {
  return {
    process: 'regime-switching',
    price: 100,
    regimes: { calm, crash },
    transitions: { calm: { crash: 4 }, crash: { calm: 12 } },
    ...parameters,
  };
}

/** Of the two regimes: a step's transitions in closed form, and the stationary distribution. */
const [a, b, dt] = [4, 12, 1 / GRID.stepsPerYear];
const switched = -Math.expm1(-(a + b) * dt) / (a + b);
const P: Matrix = [
  [1 - a * switched, a * switched],
  [b * switched, 1 - b * switched],
];
const STATIONARY = [b / (a + b), a / (a + b)];

function after(start: readonly number[], steps: number, weights: readonly number[] = [1, 1]): number[] {
  let row = [...start];
  for (let i = 0; i < steps; i++)
    row = [0, 1].map((k) => row.reduce((sum, p, j) => sum + p * weights[j]! * P[j]![k]!, 0));
  return row;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0);
}

/** For each path the regime of each step, told by its variance. */
function regimesOf(config: Switching, n: number): Uint8Array[] {
  const process = createProcess(config, config.price, GRID);
  const keyer = new SubstreamKeyer(rootKey('regimes'), 'market/TEST');
  const key = new Int32Array(4);
  const random = new RandomStream([1, 2, 3, 4]);
  const streams = new ProcessStreams();
  const [prices, variances] = [new Float64Array(GRID.steps), new Float64Array(GRID.steps)];
  return Array.from({ length: n }, (_, episode) => {
    keyer.key(episode, key);
    random.reset(key);
    streams.begin(random);
    process.begin(streams);
    process.advance(prices, 0, GRID.steps, variances);
    return Uint8Array.from(variances, (v) => (v > 0.09 * dt * 1.001 ? 1 : 0));
  });
}

describe('the process regime-switching', () => {
  it('gives only the initial price when there are no steps', () => {
    expect(Array.from(path(createHandler(switching(), hourlyGrid(0)), stream(0)).close)).toEqual([100]);
  });

  it.each([
    { from: 'the stationary distribution', config: switching(), start: STATIONARY },
    { from: 'the initial regime', config: switching({ initialRegime: 'crash' }), start: [0, 1] },
  ])('is in each regime as often as theory gives, starting from $from', ({ config, start }) => {
    // Standard error √(p(1 − p)/n), n = 200,000.
    const regimes = regimesOf(config, PATHS);
    const share = (test: (path: Uint8Array) => boolean): number => regimes.filter(test).length / PATHS;
    for (const step of [0, 1, 4, 9]) {
      const p = after(start, step)[1]!;
      expectWithin5Se(
        share((path) => path[step] === 1),
        p,
        Math.sqrt((p * (1 - p)) / PATHS),
      );
    }
    const both = after(start, 2)[0]! * P[0]![1]!;
    expectWithin5Se(
      share((path) => path[2] === 0 && path[3] === 1),
      both,
      Math.sqrt((both * (1 - both)) / PATHS),
    );
    const stays = after(start, 1)[0]! * P[0]![0]! ** 5;
    expectWithin5Se(
      share((path) => !path.subarray(1, 7).includes(1)),
      stays,
      Math.sqrt((stays * (1 - stays)) / PATHS),
    );
  });

  it('has the expected price, and mean, variance and autocorrelation of squares that theory gives', () => {
    // Given the regimes log returns are N(mᵢ, vᵢ); sums over products of P; n = 200,000.
    const config = switching({ initialRegime: 'calm' });
    const [one, three, four, last] = closesAt(config, GRID, [1, 3, 4, 10]);
    const growth = [calm, crash].map(({ drift }) => Math.exp(drift * dt));
    expectMean(last!, 100 * sum(after([1, 0], 10, growth)));
    const v = [calm, crash].map(({ volatility }) => volatility * volatility * dt);
    const m = [calm, crash].map(({ drift }, i) => drift * dt - v[i]! / 2);
    const logs = last!.map((price) => Math.log(price / 100));
    const steps = Array.from({ length: 10 }, (_, k) => after([1, 0], k));
    const meanAt = steps.map((p) => p[0]! * m[0]! + p[1]! * m[1]!);
    const mean = sum(meanAt);
    expectMean(logs, mean);
    // E[(Σ rₖ)²] = Σₖ E[vₖ + mₖ²] + 2 Σ_{j<k} E[mⱼ mₖ].
    let square = 0;
    for (const [j, p] of steps.entries()) {
      square += p.reduce((total, pi, i) => total + pi * (v[i]! + m[i]! * m[i]!), 0);
      for (let k = j + 1; k < 10; k++) {
        const later = after(
          p.map((pi, i) => pi * m[i]!),
          k - j,
        );
        square += 2 * (later[0]! * m[0]! + later[1]! * m[1]!);
      }
    }
    expectVariance(logs, square - mean * mean);
    // Squares of the returns of steps 0 and 3: E[r₀²r₃²] = Σ πᵢwᵢ(P³)ᵢⱼwⱼ, w = v + m².
    const w = v.map((vi, i) => vi + m[i]! * m[i]!);
    const joint = after([w[0]!, 0], 3);
    expectMean(
      one!.map((price, i) => Math.log(price / 100) ** 2 * Math.log(four![i]! / three![i]!) ** 2),
      joint[0]! * w[0]! + joint[1]! * w[1]!,
    );
  });

  it('is the process of a regime that is never left, bit for bit', () => {
    const config = switching({ transitions: { crash: { calm: 3 } }, initialRegime: 'calm' });
    const plain = path(createHandler({ ...calm, price: 100 }, hourlyGrid(300)), stream(4)).close;
    expect(path(createHandler(config, hourlyGrid(300)), stream(4)).close).toEqual(plain);
    // Without an initial regime too: calm is where the chain ends.
    const { initialRegime: _, ...drawn } = config;
    expect(path(createHandler(drawn, hourlyGrid(300)), stream(4)).close).toEqual(plain);
  });

  it('changes at every step where the rates are without bound', () => {
    const fast = { calm: { crash: 1e9 }, crash: { calm: 1e9 } };
    const regimes = regimesOf(switching({ transitions: fast }), 20_000);
    // Steps are independent then, half of them in either regime.
    const total = sum(regimes.map((path) => sum([...path])));
    expectWithin5Se(total, 100_000, Math.sqrt(200_000 / 4));
  });

  it('goes on from the last price when the regime changes, between log prices and prices too', () => {
    const still = { volatility: 0, drift: 0 };
    const config = switching({
      regimes: {
        gbm: { process: 'gbm', ...still },
        abm: { process: 'abm', ...still },
        heston: {
          process: 'heston',
          drift: 0,
          longRunVariance: 1e-30,
          meanReversionSpeed: 1,
          volOfVol: 0,
          correlation: 0,
        },
        jump: { process: 'abm', volatility: 0, drift: 50 * 8760 },
      },
      transitions: {
        gbm: { jump: 2000, abm: 1000 },
        jump: { heston: 20_000 },
        heston: { abm: 2000 },
        abm: { gbm: 2000, jump: 1000 },
      },
      initialRegime: 'gbm',
    });
    expect(createProcess(config, 100, hourlyGrid(9)).bridge).toBe('none');
    const { close } = path(createHandler(config, hourlyGrid(400)), stream(0));
    const moves = close.subarray(1).map((price, i) => price - close[i]!);
    expect(moves.filter((move) => Math.abs(move - 50) < 1e-6).length).toBeGreaterThan(10);
    expect(moves.filter((move) => Math.abs(move - 50) >= 1e-6 && Math.abs(move) > 1e-6)).toHaveLength(0);
  });

  it('lets the variance of a regime rest while another moves the price', () => {
    const heston = {
      process: 'heston',
      drift: 0,
      initialVariance: 4,
      longRunVariance: 0.01,
      meanReversionSpeed: 500,
      volOfVol: 0,
      correlation: 0,
    } as const;
    const grid = hourlyGrid(300);
    const variancesOf = (config: Switching | MarketOf<'heston'>): Float64Array => {
      const variances = new Float64Array(300);
      const process = createProcess(config, 100, grid);
      const streams = new ProcessStreams();
      streams.begin(stream(0));
      process.begin(streams);
      process.advance(new Float64Array(300), 0, 300, variances);
      return variances;
    };
    const regimes = { calm: { ...calm, volatility: 1e-3 }, heston };
    const transitions = { calm: { heston: 2000 }, heston: { calm: 2000 } };
    const mixed = variancesOf(switching({ regimes, transitions })).filter((v) => v > (0.01 / 8760) * 0.999);
    const plain = variancesOf({ ...heston, price: 100 });
    expect(mixed.length).toBeGreaterThan(50);
    expect(mixed.length).toBeLessThan(250);
    for (const [i, v] of mixed.entries()) expect(v / plain[i]!).toBeCloseTo(1, 12);
  });

  it('gives regimes of one kind streams of their own', () => {
    const heston = {
      process: 'heston',
      drift: 0,
      longRunVariance: 0.5,
      meanReversionSpeed: 2,
      volOfVol: 3,
      correlation: -1,
    } as const;
    // With a correlation of −1 all of the price's noise is the variance's own.
    const first = (initialRegime: string): number => {
      const config = switching({ regimes: { one: heston, two: heston }, transitions: {}, initialRegime });
      return path(createHandler(config, hourlyGrid(1)), stream(0)).close[1]!;
    };
    expect(first('one')).not.toBe(first('two'));
  });

  it('has the bridge of its regimes, and the typical step of its distribution at the start', () => {
    const process = createProcess(switching(), 100, GRID);
    expect(process.bridge).toBe('log');
    expect(process.stepDeviation).toBeCloseTo(Math.sqrt((0.75 * 0.09 + 0.25 * 2.25) * dt), 12);
  });

  it('needs an initial regime where the chain could end in more than one place', () => {
    const config = switching({ transitions: {} });
    expect(() => createProcess(config, 100, GRID)).toThrow(ConfigError);
    expect(() => createProcess(config, 100, GRID)).toThrow(
      'initialRegime: is needed, because the transitions have more than one stationary distribution (never left are calm; crash), ' +
        'it is missing; set initialRegime to one of calm, crash, or add transitions between them',
    );
  });

  it('names the regime whose process cannot be', () => {
    const jumps = {
      process: 'merton',
      drift: 0,
      volatility: 1,
      jumpIntensity: 1e12,
      jumpMean: 0,
      jumpDeviation: 0,
    } as const;
    expect(() => createProcess(switching({ regimes: { calm, crash: jumps } }), 100, GRID)).toThrow(
      'regimes.crash.jumpIntensity: must be at most',
    );
  });

  it('refuses to cut the steps of a regime that is defined from step to step', () => {
    const garch = { process: 'garch', drift: 0, volatility: 1, alpha: 0.1, beta: 0.8 } as const;
    const config = switching({ regimes: { calm, crash: garch }, candles: { substeps: 4 } });
    expect(() => createHandler(config, hourlyGrid(4))).toThrow('candles.substeps');
    expect(createHandler({ ...config, candles: true }, hourlyGrid(4)).kind).toBe('candle');
  });
});
