import type { Fact } from './fact.ts';

const SOURCE = 'Magdon-Ismail and Atiya 2004, "Maximum drawdown", Risk 17';
const PATH = 'a drawdown is a property of the whole path, which resampling breaks up';

/** Largest fraction lost since the highest price before. */
export const maxDrawdown: Fact = {
  name: 'maxDrawdown',
  label: 'maximum drawdown',
  unit: 'percent',
  source: SOURCE,
  fewest: 2,
  memory: PATH,
  measure: ({ returns }) => {
    let [level, peak, deepest] = [0, 0, 0];
    for (let i = 0; i < returns.length; i++) {
      level += returns[i]!;
      if (level > peak) peak = level;
      if (level - peak < deepest) deepest = level - peak;
    }
    return 0 - Math.expm1(deepest);
  },
};

/** Longest time below a peak, until it is reached again or the sample ends, as a fraction of the whole time. */
export const longestDrawdown: Fact = {
  name: 'longestDrawdown',
  label: 'longest drawdown, of the time',
  unit: 'percent',
  source: SOURCE,
  fewest: 2,
  memory: PATH,
  measure: ({ returns }) => {
    let [level, peak, since, longest] = [0, 0, 0, 0];
    for (let i = 0; i < returns.length; i++) {
      level += returns[i]!;
      if (level >= peak) {
        peak = level;
        since = i + 1;
      } else longest = Math.max(longest, i + 1 - since);
    }
    return longest / returns.length;
  },
};
