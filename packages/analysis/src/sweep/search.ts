import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { SweepError } from './error.ts';
import { countOf, drawValue, type Parameter, type Values, valueAt } from './parameters.ts';

export type SearchName = 'grid' | 'random';

/** More candidates than this are a mistake, or more than a person can judge. */
export const MOST_TRIALS = 100_000;
/** So many draws in a row that were there before: hardly any is left. */
const MOST_REPEATS = 10_000;

/** Gives candidates, one value for each parameter, until there are no more. */
export interface Search {
  next(): unknown[] | null;
}

/** Every combination, the last parameter fastest. Throws SweepError where a parameter has no list of values, or there are too many. */
export function gridSearch(parameters: readonly Parameter[]): Search {
  const lists = parameters.map((parameter) => listed(parameter));
  const counts = lists.map(countOf);
  const total = counts.reduce((product, count) => product * count, 1);
  if (total > MOST_TRIALS) {
    const factors = counts.join(' × ');
    const wayOut = 'give steps or fewer values, or draw some: --search random --trials 500';
    throw new SweepError(
      `--search grid: may have at most ${MOST_TRIALS} candidates, got ${factors} = ${total}; ${wayOut}`,
    );
  }
  let index = 0;
  return {
    next() {
      if (index === total) return null;
      let rest = index++;
      const values: unknown[] = [];
      for (let k = lists.length - 1; k >= 0; k--) {
        values[k] = valueAt(lists[k]!, rest % counts[k]!);
        rest = Math.floor(rest / counts[k]!);
      }
      return values;
    },
  };
}

function listed({ values, label }: Parameter): Exclude<Values, { kind: 'interval' }> {
  if (values.kind !== 'interval') return values;
  const wayOut = 'write a list or a step, such as 0.1..0.9:0.2, or --search random --trials 100';
  throw new SweepError(`${label}: a grid needs values that can be counted; ${wayOut}`);
}

/** Independent draws of all parameters, none twice. The same seed gives the same candidates. */
export function randomSearch(parameters: readonly Parameter[], seed: string): Search {
  const stream = new RandomStream(substreamKey(rootKey(seed), 0, 'sweep/search'));
  const total = parameters.reduce((product, { values }) => product * countOf(values), 1);
  const seen = new Set<string>();
  return {
    next() {
      for (let repeats = 0; seen.size < total && repeats < MOST_REPEATS; repeats++) {
        const values = parameters.map((parameter) => drawValue(parameter.values, stream));
        const key = JSON.stringify(values);
        if (seen.has(key)) continue;
        seen.add(key);
        return values;
      }
      return null;
    },
  };
}
