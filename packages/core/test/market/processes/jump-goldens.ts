import { readFileSync } from 'node:fs';
import type { MarketConfig } from '../../../src/config/markets.ts';
import { callPayoffs, closesAt, expectMean, expectVariance } from '../ensembles.ts';
import { yearGrid } from '../paths.ts';

type JumpProcess = 'merton' | 'kou' | 'variance-gamma' | 'hawkes-jumps';

interface Golden {
  readonly parameters: Readonly<Record<string, number>> & { readonly drift: number; readonly volatility: number };
  readonly calls: readonly { readonly years: number; readonly strike: number; readonly call: number }[];
}

const goldens = JSON.parse(readFileSync(new URL('../golden/jumps.json', import.meta.url), 'utf8')) as Record<
  JumpProcess,
  Golden[]
>;

/** Mean and variance of the log return over `years`, in closed form. */
export type LogMoments = (parameters: Golden['parameters'], years: number) => { mean: number; variance: number };

/** The markets of jumps.json, of initial price 100, each with grids of 5 and 50 steps a year. */
export function casesOf(process: JumpProcess): { market: MarketConfig; golden: Golden; steps: number }[] {
  return goldens[process].flatMap((golden) =>
    [5, 50].map((steps) => ({
      market: { process, price: 100, ...golden.parameters } as unknown as MarketConfig,
      golden,
      steps,
    })),
  );
}

/** Holds mean price, mean and variance of the log return, and calls after 0.2, 0.6 and 1 years against the golden. */
export function expectGolden({ market, golden, steps }: ReturnType<typeof casesOf>[number], moments: LogMoments): void {
  const { parameters, calls } = golden;
  const maturities = [0.2, 0.6, 1];
  const rows = maturities.map((years) => Math.round(years * steps));
  const closes = closesAt(market, yearGrid(steps), rows);
  for (const [i, years] of maturities.entries()) {
    const prices = closes[i]!;
    expectMean(prices, 100 * Math.exp(parameters.drift * years));
    const logReturns = prices.map((price) => Math.log(price / 100));
    const { mean, variance } = moments(parameters, years);
    expectMean(logReturns, mean);
    expectVariance(logReturns, variance);
    const listed = calls.filter((call) => Math.abs(call.years - years) < 1e-9);
    if (listed.length !== 3) throw new Error(`jumps.json has ${listed.length} calls of ${years} years`);
    for (const { strike, call } of listed) expectMean(callPayoffs(prices, strike, parameters.drift, years), call);
  }
}
