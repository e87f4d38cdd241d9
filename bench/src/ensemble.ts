import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { reference } from './reference.ts';

// node ensemble.js WORKERS EPISODES STEPS: runs the reference config as an ensemble and prints an EnsembleMeasure as JSON.

/** What `ensemble.js` prints. */
export interface EnsembleMeasure {
  readonly stepsPerSecond: number;
  readonly digest: string;
  /** Largest resident memory of the process, workers included, MiB. */
  readonly peakMb: number;
}

const [workers, episodes, steps] = process.argv.slice(2).map(Number) as [number, number, number];
const directory = mkdtempSync(join(tmpdir(), 'ergodic-bench-'));
try {
  const config = { ...reference.config, episodes, steps, record: { episodes: 0, every: 1 } };
  const { digest, timing } = await runEnsemble(config, { workers, dir: join(directory, 'run') });
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const measure: EnsembleMeasure = { stepsPerSecond: timing.stepsPerSecond, digest, peakMb };
  process.stdout.write(`${JSON.stringify(measure)}\n`);
} finally {
  rmSync(directory, { recursive: true });
}
