// How often 95 % intervals hold the true value, over simulated ensembles of known laws.
//
//     npm run build && node packages/statistics/test/soak/coverage.mjs [trials] [episodes]
//
// Prints a row for each law and figure, in percent: held, and missed since the interval lies too high or too low. Shares are summed over all
// counts instead of simulated. Exits with 1 where a row is off 95 % by more than 1 % and what chance allows (one false alarm in a thousand rows). Shares
// and pairs are held to the lower side alone: counts are whole numbers, and the shares of pairs are meant to be on the safe side.
import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { shareOfCount } from '@ergodic/statistics';
import { rowsOf } from './cases.mjs';
import { binomialTerms } from './laws.mjs';

const trials = Number(process.argv[2] ?? 2_000);
const episodes = Number(process.argv[3] ?? 1_000);
/** Standard errors that one row in a thousand exceeds. */
const Z = 3.29;
const allowed = 1 + 100 * Z * Math.sqrt((0.05 * 0.95) / trials);

let isWrong = false;
function print(law, figure, [held, tooHigh, tooLow], { most }) {
  const isOff = held < 95 - allowed || held > most;
  if (isOff) isWrong = true;
  const cells = [held, tooHigh, tooLow].map((value) => value.toFixed(1).padStart(10)).join('');
  console.log(`${law.padEnd(18)}${figure.padEnd(34)}${cells}${isOff ? '  off' : ''}`);
}

console.log(`${trials} ensembles of ${episodes} episodes`);
console.log(`${'law'.padEnd(18)}${'figure'.padEnd(34)}      held  too high   too low`);
for (const { law, draw, figures } of rowsOf(episodes)) {
  const counts = figures.map(() => [0, 0, 0]);
  for (let trial = 0; trial < trials; trial++) {
    const table = draw(new RandomStream(substreamKey(rootKey('coverage'), trial, law)));
    figures.forEach(({ figure, truth }, i) => {
      const { low, high } = figure.evaluate(table);
      if (low > truth) counts[i][1]++;
      else if (high < truth) counts[i][2]++;
      else if (low <= truth && high >= truth) counts[i][0]++;
    });
  }
  figures.forEach(({ figure }, i) => {
    const isShare = figure.text.startsWith('probability');
    const percents = counts[i].map((count) => (100 * count) / trials);
    print(law, figure.text, percents, { most: isShare || law === 'antithetic pairs' ? 100 : 95 + allowed });
  });
}
for (const p of [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]) {
  const percents = [0, 0, 0];
  binomialTerms(episodes, p).forEach((weight, k) => {
    const { low, high } = shareOfCount(k, episodes);
    percents[low > p ? 1 : high < p ? 2 : 0] += 100 * weight;
  });
  print(`share of ${p}`, 'exactly', percents, { most: 100 });
}
process.exit(isWrong ? 1 : 0);
