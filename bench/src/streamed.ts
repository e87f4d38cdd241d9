import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { reference } from './reference.ts';

// node streamed.js URL EPISODES STEPS RECORDED [FILE]: runs the reference config, with points to URL (none without one), and
// prints a StreamedMeasure as JSON. FILE gets the points as line protocol instead.

/** What `streamed.js` prints. */
export interface StreamedMeasure {
  readonly stepsPerSecond: number;
  readonly points: number;
  /** Of points that were acknowledged, from the first batch to the last of them. */
  readonly pointsPerSecond: number;
}

const [url, ...rest] = process.argv.slice(2) as [string, ...string[]];
const [episodes, steps, recorded] = rest.slice(0, 3).map(Number) as [number, number, number];
const file = rest[3];
const directory = mkdtempSync(join(tmpdir(), 'ergodic-bench-'));
const influx = { url, org: '${INFLUX_ORG}', bucket: '${INFLUX_BUCKET}', token: '${INFLUX_TOKEN}' };
try {
  const outputs = { ...(url === 'none' ? {} : { influx }), ...(file === undefined ? {} : { file: { path: file } }) };
  const config = { ...reference.config, episodes, steps, record: { episodes: recorded, every: 1 }, outputs };
  const { timing, outputs: accounts = {} } = await runEnsemble(config, { dir: join(directory, 'run') });
  const { produced = 0, acknowledged = 0, drainSeconds = 0 } = accounts.influx ?? accounts.file ?? {};
  if (acknowledged !== produced) throw new Error(`${produced} points must be acknowledged, got ${acknowledged}`);
  const measure: StreamedMeasure = {
    stepsPerSecond: timing.stepsPerSecond,
    points: acknowledged,
    pointsPerSecond: acknowledged / (timing.wallSeconds + drainSeconds),
  };
  process.stdout.write(`${JSON.stringify(measure)}\n`);
} finally {
  rmSync(directory, { recursive: true });
}
