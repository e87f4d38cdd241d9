// The laws, and the true values of the figures, that the coverage of intervals is measured on.
import { parseFigure } from '@ergodic/statistics';
import { buyAndHold, crossover } from './laws.mjs';

/** An episodes table of total returns alone: each episode is one year of one step. */
export function tableOf(totalReturn, { antithetic = false } = {}) {
  const steps = new Float64Array(totalReturn.length).fill(1);
  const columns = { totalReturn, steps };
  return {
    episodes: totalReturn.length,
    antithetic,
    stepsPerYear: 1,
    columns: Object.keys(columns),
    endReason: new Uint8Array(totalReturn.length),
    column: (name) => columns[name],
  };
}

/** Each figure of the total return with its true value. */
export function figuresOf(law) {
  return Object.entries({
    'mean(totalReturn)': law.mean,
    'sd(totalReturn)': law.sd,
    'q05(totalReturn)': law.quantile(0.05),
    'q25(totalReturn)': law.quantile(0.25),
    'median(totalReturn)': law.quantile(0.5),
    'q95(totalReturn)': law.quantile(0.95),
    'q99(totalReturn)': law.quantile(0.99),
    'es05(totalReturn)': law.shortfall(0.05),
    'es95(totalReturn)': law.shortfall(0.95),
    'iqm(totalReturn)': law.iqm,
    probabilityOfLoss: law.cdf(0),
    'probability(totalReturn < -0.5)': law.cdf(-0.5),
    timeAverageGrowth: law.timeAverageGrowth,
    ensembleAverageGrowth: law.ensembleAverageGrowth,
    ergodicityGap: law.ensembleAverageGrowth - law.timeAverageGrowth,
    kellyFraction: law.kelly,
  }).map(([text, truth]) => ({ figure: parseFigure(text), truth }));
}

/** Laws with how a table of `episodes` is drawn, and the figures. */
export function rowsOf(episodes) {
  const independent = (law) => (random) => tableOf(Float64Array.from({ length: episodes }, () => law.draw(random)));
  const pairs = (law) => (random) => {
    const values = new Float64Array(episodes + (episodes % 2));
    for (let i = 0; i < episodes; i += 2) law.drawPair(random, values, i);
    return tableOf(values.subarray(0, episodes), { antithetic: true });
  };
  return [
    { law: 'buy and hold', draw: independent(buyAndHold), figures: figuresOf(buyAndHold) },
    { law: 'crossover', draw: independent(crossover), figures: figuresOf(crossover) },
    { law: 'antithetic pairs', draw: pairs(crossover), figures: figuresOf(crossover) },
  ];
}
