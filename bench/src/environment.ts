import { runChild } from './child.ts';
import { type Comparison, comparePairs } from './comparison.ts';
import type { EngineRun } from './engine.ts';
import { reference } from './reference.ts';

const SECONDS = 1;
const COUNT = 64;
const MANY = 1_024;

/** Steps of a vector environment per second ÷ steps of whole episodes with the same kind of decisions, on one thread. */
export async function compareEnvironments(pairs: number): Promise<Comparison[]> {
  const vector = (agent: string, count: number) => () => speed('./vector.js', [agent, count, SECONDS]);
  const run = (subject: string) => () => speed('./engine.js', [subject, SECONDS]);
  const base = { base: 'run', unit: 'steps/s' };
  return [
    await comparePairs(
      { name: 'environment (cross)', value: `${COUNT} environments`, ...base },
      pairs,
      vector('cross', COUNT),
      run(reference.name),
    ),
    await comparePairs(
      { name: 'environment (random)', value: `${COUNT} environments`, ...base },
      pairs,
      vector('random', COUNT),
      run('random-actions'),
    ),
    await comparePairs(
      { name: 'environment (many)', value: `${MANY} environments`, ...base },
      pairs,
      vector('cross', MANY),
      run(reference.name),
    ),
  ];
}

function speed(program: string, given: readonly (string | number)[]): number {
  const { rows, seconds } = runChild<EngineRun>(program, given);
  return rows / seconds;
}
