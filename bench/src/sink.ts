import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.ts';
import { type Comparison, comparePairs } from './comparison.ts';
import type { StreamedMeasure } from './streamed.ts';

/** The size of the quickstart, and what it records. */
const EPISODES = 10_000;
const STEPS = 2_000;
const RECORDED = 16;
/** Every step of every episode: some four million points. */
const FLOOD = [1_000, 2_000, 1_000] as const;

/** Speed of an ensemble with points to a server that accepts at once ÷ without outputs; deliveries after the last batch do not count. */
export async function compareSink(pairs: number): Promise<Comparison> {
  const { server, url } = await startAccepting();
  Object.assign(process.env, { INFLUX_ORG: 'bench', INFLUX_BUCKET: 'bench', INFLUX_TOKEN: 'bench', ...process.env });
  const measure = (to: string): number =>
    runChild<StreamedMeasure>('./streamed.js', [to, EPISODES, STEPS, RECORDED]).stepsPerSecond;
  try {
    return await comparePairs(
      { name: 'sink', value: 'points to a server', base: 'no outputs', unit: 'steps/s' },
      pairs,
      () => measure(url),
      () => measure('none'),
    );
  } finally {
    server.kill();
  }
}

/** Points per second into InfluxDB from a run that sends every step ÷ from a file of the same points, in plain batches. */
export async function compareFlood(pairs: number): Promise<Comparison> {
  const url = process.env.INFLUX_URL!;
  const directory = mkdtempSync(join(tmpdir(), 'ergodic-bench-'));
  const file = join(directory, 'points.lp');
  try {
    runChild<StreamedMeasure>('./streamed.js', ['none', ...FLOOD, file]);
    return await comparePairs(
      { name: 'flood', value: 'ergodic run', base: 'plain batches', unit: 'points/s' },
      pairs,
      () => runChild<StreamedMeasure>('./streamed.js', [url, ...FLOOD]).pointsPerSecond,
      () => runChild<number>('./plain.js', [file, url]),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Why there is no flood, or undefined. */
export function missingInflux(): string | undefined {
  const missing = ['INFLUX_URL', 'INFLUX_ORG', 'INFLUX_BUCKET', 'INFLUX_TOKEN'].filter((name) => !process.env[name]);
  return missing.length === 0 ? undefined : `needs an InfluxDB 2: set ${missing.join(', ')}`;
}

async function startAccepting(): Promise<{ server: ChildProcess; url: string }> {
  const path = fileURLToPath(new URL('./accept.js', import.meta.url));
  const server = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = (await once(server.stdout!, 'data')) as [Buffer];
  return { server, url: String(address).trim() };
}
