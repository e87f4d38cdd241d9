import { tuneEngine } from '@ergodic/workers';
import { drawFor, PathEngine, pathMarkets } from './paths.ts';

// node path-engine.js NAME SECONDS: measures the drawing of paths, in a process of its own, because another process's code
// before it would change how V8 compiles the handler. Prints { seconds, rows } as JSON.
const WARM_SECONDS = 0.5;

// As in the threads of a run.
tuneEngine();

const [, , name = '', seconds = '1'] = process.argv;
const config = pathMarkets[name];
if (config === undefined) throw new Error(`path-engine: NAME must be one of ${Object.keys(pathMarkets)}, got ${name}`);
const engine = new PathEngine(config);
drawFor(engine, WARM_SECONDS);
process.stdout.write(`${JSON.stringify(drawFor(engine, Number(seconds)))}\n`);
