import { RandomStream, VectorEnvironment } from '@ergodic/core';
import { tuneEngine } from '@ergodic/workers';
import type { EngineRun } from './engine.ts';
import { drawAction, environmentConfig, FAST, SLOW } from './environments.ts';

// node vector.js AGENT COUNT SECONDS: steps a vector environment with an agent, in a process of its own. Prints { seconds, rows } as
// JSON; rows are steps of one environment.
const WARM_SECONDS = 1;
const SLICE = 20_000;

tuneEngine();

const [, , agent = '', count = '1', seconds = '1'] = process.argv;
const vector = new VectorEnvironment(environmentConfig, { count: Number(count) });
const actions = new Int32Array(vector.count);
const random = new RandomStream([1, 2, 3, 4]);

const agents: Readonly<Record<string, () => void>> = {
  /** Long while the fast average is above the slow one, as the strategy of the reference episode. */
  cross: () => {
    const { observations, observationSize } = vector;
    for (let i = 0; i < actions.length; i++) {
      const at = i * observationSize;
      // Price over fast average below price over slow one: the fast average is the higher.
      actions[i] = observations[at + FAST]! < observations[at + SLOW]! ? 2 : 0;
    }
  },
  random: () => {
    for (let i = 0; i < actions.length; i++) actions[i] = drawAction(random);
  },
};
const act = agents[agent];
if (act === undefined) throw new Error(`vector: the agent must be one of ${Object.keys(agents)}, got ${agent}`);

/** Steps for about so long. */
function runFor(limitSeconds: number): EngineRun {
  const startMs = performance.now();
  let rows = 0;
  let elapsed = 0;
  while (elapsed < limitSeconds) {
    for (let i = 0; i < SLICE; i += vector.count) {
      act!();
      vector.step(actions);
      rows += vector.count;
    }
    elapsed = (performance.now() - startMs) / 1000;
  }
  return { seconds: elapsed, rows };
}

vector.reset();
runFor(WARM_SECONDS);
process.stdout.write(`${JSON.stringify(runFor(Number(seconds)))}\n`);
