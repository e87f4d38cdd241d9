// Whether intervals of differences between two runs hold the truth in 95 % of trials, and how much narrower common paths make them.
// Usage, from the repository root: npm run build && node packages/analysis/test/soak/differences.mjs [trials]
// Two rules earn e^(0.33·x) − 1 and e^(0.3·y) − 1, x and y standard normal with a correlation: their figures are known in closed form.
import { END_REASONS, RandomStream, rootKey, substreamKey } from '../../../core/dist/index.js';
import { normalCdf, parseFigure } from '../../../statistics/dist/index.js';
import { differenceOf } from '../../dist/check/difference.js';

const trials = Number(process.argv[2] ?? 2_000);
const EPISODES = 1_000;
const SCALES = [0.33, 0.3];
const COMPLETED = END_REASONS.indexOf('completed');
/** Standard normal quantile of 5 %. */
const Z05 = -1.6448536269514722;

const between = (figure) => figure(SCALES[0]) - figure(SCALES[1]);
const figures = [
  { text: 'mean(totalReturn)', truth: between((s) => Math.exp((s * s) / 2)) },
  { text: 'sd(totalReturn)', truth: between((s) => Math.exp((s * s) / 2) * Math.sqrt(Math.expm1(s * s))) },
  { text: 'median(totalReturn)', truth: 0 },
  { text: 'q05(totalReturn)', truth: between((s) => Math.exp(s * Z05)) },
  { text: 'es05(totalReturn)', truth: between((s) => (Math.exp((s * s) / 2) * normalCdf(Z05 - s)) / 0.05) },
  { text: 'probability(totalReturn < -0.4)', truth: between((s) => normalCdf(Math.log(0.6) / s)) },
];

function tableOf(totalReturn) {
  const endReason = new Uint8Array(EPISODES).fill(COMPLETED);
  return {
    episodes: EPISODES,
    antithetic: false,
    stepsPerYear: 365,
    columns: ['totalReturn'],
    endReason,
    column: () => totalReturn,
  };
}

function twoRuns(trial, correlation) {
  const stream = new RandomStream(substreamKey(rootKey('differences'), trial, String(correlation)));
  const values = SCALES.map(() => new Float64Array(EPISODES));
  for (let i = 0; i < EPISODES; i++) {
    const [shared, alone] = [stream.normal(), stream.normal()];
    values[0][i] = Math.exp(SCALES[0] * (correlation * shared + Math.sqrt(1 - correlation * correlation) * alone)) - 1;
    values[1][i] = Math.exp(SCALES[1] * shared) - 1;
  }
  return values.map(tableOf);
}

let isGood = true;
for (const correlation of [0, 0.9, 0.99, 0.999]) {
  for (const { text, truth } of figures) {
    const figure = parseFigure(text);
    let hits = 0;
    let width = 0;
    let apart = 0;
    for (let trial = 0; trial < trials; trial++) {
      const runs = twoRuns(trial, correlation);
      const { difference } = differenceOf(figure, ...runs, { factor: 1, isPaired: true, tail: 0.05 });
      const independent = differenceOf(figure, ...runs, { factor: 1, isPaired: false, tail: 0.05 }).difference;
      if (difference.low <= truth && truth <= difference.high) hits++;
      width += difference.high - difference.low;
      apart += independent.high - independent.low;
    }
    // Three standard errors of a share of 95 %, and one in a hundred for figures that are not normal at 1,000 episodes.
    isGood &&= hits / trials >= 0.95 - 3 * Math.sqrt((0.95 * 0.05) / trials) - 0.01;
    const saved = ((apart / width) ** 2).toFixed(1);
    console.log(
      `correlation ${correlation}, ${text}: holds in ${((100 * hits) / trials).toFixed(2)} %; independent runs need ${saved} × the episodes`,
    );
  }
}
process.exitCode = isGood ? 0 : 1;
