// How often a rule without skill is declared better than doing nothing: many sweeps of 20 rules on driftless prices without costs,
// in this thread and without storing anything.
//
//     node packages/analysis/test/soak/size.mjs [from] [to]
//
// Each number from `from` to below `to` is a seed. Prints how many sweeps declared a rule better (5 % should), and how many have an
// adjusted p-value of at most 0.01 and 0.2.
import { selectTrials } from '@ergodic/analysis';
import { parseConfig, Simulation } from '@ergodic/core';

const [from = 0, to = 100] = process.argv.slice(2).map(Number);
const EPISODES = 1_000;

const simulations = [2, 8, 14, 20, 26].flatMap((fast) =>
  [30, 60, 90, 120].map((slow) => {
    const markets = { X: { process: 'gbm', price: 30_000, drift: 0, volatility: 0.8 } };
    const strategy = { use: 'sma-cross', fast, slow };
    return new Simulation(parseConfig({ seed: 'size', steps: 200, interval: '1h', markets, strategy }));
  }),
);
const column = simulations[0].fields.indexOf('totalReturn');
const figures = new Float64Array(simulations[0].fields.length);

function returnsOf(simulation, seed) {
  simulation.reseed(seed);
  return Float64Array.from({ length: EPISODES }, (_, episode) => {
    simulation.begin(episode);
    while (simulation.advance() !== 'ended');
    simulation.record(figures, 0);
    return figures[column];
  });
}

const smallest = [];
let declared = 0;
for (let i = from; i < to; i++) {
  const seed = `size-${i}`;
  const samples = simulations.map((simulation, k) => ({ trial: k + 1, values: returnsOf(simulation, seed) }));
  const { better, trials } = selectTrials(samples, { benchmark: null, direction: 'maximize', antithetic: false, seed });
  if (better.length > 0) declared++;
  smallest.push(Math.min(...trials.map(({ pValue }) => pValue)));
}
const atMost = (limit) => smallest.filter((p) => p <= limit).length;
console.log(
  `${declared} of ${smallest.length} sweeps declared a rule better; p at most 0.01: ${atMost(0.01)}, 0.2: ${atMost(0.2)}`,
);
