import { tuneEngine } from '@ergodic/workers';
import { CopyRecorder } from './copy-recorder.ts';
import { createSimulation } from './subject.ts';
import { subjects } from './subjects.ts';

// node engine.js NAME SECONDS [record]: measures the engine on one subject, in a process of its own, because components
// that ran before would change how V8 compiles the loop. Prints { seconds, rows } as JSON.
const WARM_SECONDS = 0.5;
const BATCH = 10;

/** What `engine.js` prints. */
export interface EngineRun {
  readonly seconds: number;
  readonly rows: number;
}

// As in the threads of a run.
tuneEngine();

const [, , name = '', seconds = '1', record] = process.argv;
const subject = subjects[name];
if (subject === undefined) throw new Error(`engine: the subject must be one of ${Object.keys(subjects)}, got ${name}`);
const simulation = createSimulation(subject);
const figures = new Float64Array(simulation.fields.length);
const stepsAt = simulation.fields.indexOf('steps');
const recorder =
  record === 'record' ? new CopyRecorder(simulation.symbols.length, simulation.rewardNames.length) : null;
let episode = 0;

/** Runs episodes for about so long, each with its full record; returns what it took. */
function runFor(limitSeconds: number): EngineRun {
  const startMs = performance.now();
  let rows = 0;
  let elapsed = 0;
  while (elapsed < limitSeconds) {
    for (let i = 0; i < BATCH; i++) {
      recorder?.begin();
      simulation.begin(episode++, { recorder });
      while (simulation.advance() !== 'ended');
      simulation.record(figures, 0);
      rows += figures[stepsAt]! * simulation.symbols.length;
    }
    elapsed = (performance.now() - startMs) / 1000;
  }
  return { seconds: elapsed, rows };
}

runFor(WARM_SECONDS);
process.stdout.write(`${JSON.stringify(runFor(Number(seconds)))}\n`);
