import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDifference, differences } from './agreement.ts';
import { runChild } from './child.ts';
import { type Comparison, comparePairs } from './comparison.ts';
import type { EngineRun } from './engine.ts';
import { compileLimit, runLimit } from './limit.ts';
import { keysOf, type Subject } from './subject.ts';

const CHECKED_EPISODES = 20;
/** Some 40 ns a row: about as long as the engine's run. */
const LIMIT_ROWS = 25_000_000;
const ENGINE_SECONDS = 1;

/** Rows of the engine per second ÷ rows of the C program per second. Throws where the two do not compute the same. */
export async function compareWithLimit(subject: Subject, pairs: number): Promise<Comparison> {
  const directory = mkdtempSync(join(tmpdir(), 'ergodic-bench-'));
  try {
    const program = compileLimit(subject.name, directory);
    const { records } = runLimit(program, keysOf(subject, 0, CHECKED_EPISODES), CHECKED_EPISODES);
    const found = differences(subject, records);
    if (found.length > 0) throw new Error(found.slice(0, 10).map(describeDifference).join('\n'));
    const keys = keysOf(subject, 0, Math.ceil(LIMIT_ROWS / subject.rows));
    return await comparePairs(
      { name: subject.name, value: 'engine', base: 'C', unit: `${subject.unit}s/s` },
      pairs,
      () => perSecond(runChild<EngineRun>('./engine.js', [subject.name, ENGINE_SECONDS])),
      () => perSecond(runLimit(program, keys, 0)),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Speed with every step and fill of every episode kept in memory ÷ speed with none. */
export function compareRecording(subject: Subject, pairs: number): Promise<Comparison> {
  const measure = (...more: string[]): number =>
    perSecond(runChild<EngineRun>('./engine.js', [subject.name, ENGINE_SECONDS, ...more]));
  return comparePairs(
    { name: `recording (${subject.name})`, value: 'on', base: 'off', unit: `${subject.unit}s/s` },
    pairs,
    () => measure('record'),
    () => measure(),
  );
}

function perSecond({ rows, seconds }: EngineRun): number {
  return rows / seconds;
}
