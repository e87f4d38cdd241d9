import { parseConfig } from '../../src/config/parse.ts';
import type { SimulationParts } from '../../src/loop/parts.ts';
import { Simulation } from '../../src/loop/simulation.ts';

export const GBM = { process: 'gbm', price: 100, drift: 0.1, volatility: 0.8 };
export const OU = { process: 'ou', price: 50, longRunMean: 50, meanReversionSpeed: 10, volatility: 5 };

/** A simulation of a small ensemble with these draws. */
export function drawing(randomize: object, changes: object = {}, parts: SimulationParts = {}): Simulation {
  const config = {
    seed: 'draws',
    steps: 50,
    markets: { 'BTC/USDT': GBM, 'BRK.B': OU },
    strategy: { use: 'sma-cross', fast: 3, slow: 8 },
    portfolio: { sizing: { targetWeight: 0.4 } },
    rewards: [{ use: 'log-return' }, { use: 'order-frequency' }],
    ...changes,
    randomize,
  };
  return new Simulation(parseConfig(config), parts);
}

/** What the first n episodes record of each draw, by column without `draw_`. */
export function recordedDraws(simulation: Simulation, n: number): Record<string, Float64Array> {
  const width = simulation.fields.length;
  const out = new Float64Array(width);
  const names = simulation.fields.flatMap((name, i) => (name.startsWith('draw_') ? [[name.slice(5), i] as const] : []));
  const columns = Object.fromEntries(names.map(([name]) => [name, new Float64Array(n)]));
  for (let episode = 0; episode < n; episode++) {
    simulation.recordDraws(episode, out, 0);
    for (const [name, i] of names) columns[name]![episode] = out[i]!;
  }
  return columns;
}
