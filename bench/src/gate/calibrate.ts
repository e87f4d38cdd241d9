import { tuneEngine } from '@ergodic/workers';
import { median } from '../comparison.ts';
import { type Engine, runSlice } from './engine.ts';
import { workloads } from './workloads.ts';

// node calibrate.js CORE FRACTION: how much the planted work of this engine must be for reference episodes to take that fraction
// more time. With and without it in one process, in turns: the same code, so that nothing but the work differs.
const BLOCKS = 150;
const EPISODES = 15;
const WARM_BLOCKS = 30;
/** Some guess; the time is proportional to it. */
const TURNS = 50;

const [, , core = '', fraction = ''] = process.argv;
tuneEngine();
const engine = (await import(core)) as Engine;
const { config, parts } = workloads[0]!;
const simulation = new engine.Simulation(engine.parseConfig(config), parts);
const { planted } = globalThis as unknown as { planted: { turnsPerStep: number } };

const added: number[] = [];
for (let block = 0; block < WARM_BLOCKS + BLOCKS; block++) {
  const cpuMs = (turns: number): number => {
    planted.turnsPerStep = turns;
    return runSlice(simulation, { from: block * EPISODES, count: EPISODES }).cpuMs;
  };
  const [first, with1, with2, last] = [cpuMs(0), cpuMs(TURNS), cpuMs(TURNS), cpuMs(0)];
  if (block >= WARM_BLOCKS) added.push((with1! + with2!) / (first! + last!) - 1);
}
const turnsPerStep = (TURNS * Number(fraction)) / median(added.sort((a, b) => a - b));
process.stdout.write(`${JSON.stringify({ turnsPerStep })}\n`);
