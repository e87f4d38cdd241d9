// Whether the interval that ends a run with --until holds the truth in 95 % of runs. Usage, from the repository root:
//   npm run build && node packages/workers/test/soak/until.mjs [trials]
// Episodes are drawn from laws whose figures are known in closed form; widths are such that chance decides where a run ends.
import { END_REASONS, RandomStream, rootKey, substreamKey } from '../../../core/dist/index.js';
import { checked, isDecided, newState, nextSize } from '../../dist/until/check.js';
import { parseUntil } from '../../dist/until/rule.js';

const trials = Number(process.argv[2] ?? 2_000);
const CAP = 16_384;
const COMPLETED = END_REASONS.indexOf('completed');
const RUINED = END_REASONS.indexOf('ruined');
/** Standard normal quantile of 5 %. */
const Z05 = -1.6448536269514722;

/** Half-widths at 2,048 to 8,192 episodes lie on both sides of the wanted one. */
const cases = [
  { name: 'mean of a normal', rule: 'mean(totalReturn) +- 0.0403', truth: 0, draw: (z) => z },
  {
    name: 'mean of a lognormal, s = 1',
    rule: 'mean(totalReturn) +- 0.1',
    truth: Math.exp(0.5) - 1,
    draw: (z) => Math.exp(z) - 1,
  },
  {
    name: 'q05 of a lognormal, s = 0.5',
    rule: 'q05(totalReturn) +- 0.0195',
    truth: Math.exp(0.5 * Z05) - 1,
    draw: (z) => Math.exp(0.5 * z) - 1,
  },
  {
    name: 'median of a lognormal, s = 1',
    rule: 'median(totalReturn) +- 0.056',
    truth: 0,
    draw: (z) => Math.exp(z) - 1,
  },
  { name: 'sd of a normal', rule: 'sd(totalReturn) +- 0.0285', truth: 1, draw: (z) => z },
  { name: 'probability of ruin 2 %', rule: 'probabilityOfRuin +- 0.0063', truth: 0.02, draw: (z) => z, ruin: 0.02 },
];

function tableOf(totalReturn, endReason) {
  const { length: episodes } = totalReturn;
  return {
    episodes,
    antithetic: false,
    stepsPerYear: 365,
    columns: ['totalReturn'],
    endReason,
    column: () => totalReturn,
  };
}

let isGood = true;
for (const { name, rule: text, truth, draw, ruin = 0 } of cases) {
  const rule = parseUntil(text);
  const ends = new Map();
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const stream = new RandomStream(substreamKey(rootKey('until'), trial, name));
    const values = Float64Array.from({ length: CAP }, () => draw(stream.normal()));
    const reasons = Uint8Array.from({ length: CAP }, () => (stream.bernoulli(ruin) ? RUINED : COMPLETED));
    let state = newState(rule, CAP);
    while (!isDecided(state)) {
      const size = nextSize(state);
      state = checked(state, rule, tableOf(values.subarray(0, size), reasons.subarray(0, size)));
    }
    const { low, high, episodes } = state.checks.at(-1);
    if (low <= truth && truth <= high) hits++;
    ends.set(episodes, (ends.get(episodes) ?? 0) + 1);
  }
  // Three standard errors of a share of 95 %.
  const least = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / trials);
  isGood &&= hits / trials >= least;
  const where = [...ends].sort(([a], [b]) => a - b).map(([episodes, n]) => `${n} at ${episodes}`);
  console.log(`${name}: holds in ${((100 * hits) / trials).toFixed(2)} % of ${trials}; ended ${where.join(', ')}`);
}
process.exitCode = isGood ? 0 : 1;
