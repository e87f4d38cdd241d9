import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describeDifference } from '../src/agreement.ts';
import { compileLimit, compilerVersion, runLimit } from '../src/limit.ts';
import { PathEngine, pathDifferences, pathKeys, pathMarkets } from '../src/paths.ts';

const PATHS = 20;

const compiler = compilerVersion();
if ('missing' in compiler) console.warn(`skipped, the C programs are not checked: ${compiler.missing}`);

describe.skipIf('missing' in compiler)('the C programs draw the paths that the engine draws', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ergodic-bench-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  // To rounding, not bit for bit: see TOLERANCE.
  test.for(Object.entries(pathMarkets))('%s: the last price of every chunk', ([name, config]) => {
    const engine = new PathEngine(config);
    const program = compileLimit(`paths-${name}`, directory);
    const { rows, records } = runLimit(program, pathKeys(engine, PATHS), PATHS);
    expect(records).toHaveLength(PATHS);
    expect(rows).toBe(PATHS * 10_001);
    expect(pathDifferences(engine, records).map(describeDifference)).toEqual([]);
    const wrong = records.map((record) => record.map((price, i) => (i === 7 ? price * (1 + 1e-8) : price)));
    expect(pathDifferences(engine, wrong).map(({ field }) => field)).toEqual(Array(PATHS).fill('chunk 7'));
  });
});
