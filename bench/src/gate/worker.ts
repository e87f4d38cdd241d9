import { type Engine, runSlice, type Slice } from './engine.ts';
import { workloads } from './workloads.ts';

// node worker.js CORE WORKLOAD, forked: runs episodes of a workload on the build of the engine whose index.js is CORE. It says
// `ready`, or why it is not, then what each slice of episodes took that it is asked for, and lives until its parent lets go of it.
const [, , core = '', name = ''] = process.argv;

try {
  const workload = workloads.find((one) => one.name === name);
  if (workload === undefined) throw new Error(`there is no workload ${name}`);
  const engine = (await import(core)) as Engine;
  const simulation = new engine.Simulation(engine.parseConfig(workload.config), workload.parts);
  // A parent that is gone needs no answer.
  process.on('message', (slice: Slice) => process.send!(runSlice(simulation, slice), undefined, undefined, () => {}));
  process.send!('ready');
} catch (error) {
  process.send!(error instanceof Error ? error.message : String(error));
}
