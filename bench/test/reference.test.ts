import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describeDifference, differences } from '../src/agreement.ts';
import { compileLimit, compilerVersion, runLimit } from '../src/limit.ts';
import { keysOf } from '../src/subject.ts';
import { subjects } from '../src/subjects.ts';

const EPISODES = 20;

const compiler = compilerVersion();
if ('missing' in compiler) console.warn(`skipped, the C programs are not checked: ${compiler.missing}`);

describe.skipIf('missing' in compiler)('the C programs compute what the engine computes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ergodic-bench-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  // To rounding, not bit for bit: see TOLERANCE.
  test.for([subjects.reference!, subjects.second!])('$name: every field of every record', (subject) => {
    const { rows, records } = runLimit(compileLimit(subject.name, directory), keysOf(subject, 0, EPISODES), EPISODES);
    expect(records).toHaveLength(EPISODES);
    expect(rows).toBe(EPISODES * subject.rows);
    expect(differences(subject, records).map(describeDifference)).toEqual([]);
  });

  test('a wrong figure is noticed', () => {
    const subject = subjects.reference!;
    const { records } = runLimit(compileLimit(subject.name, directory), keysOf(subject, 0, 1), 1);
    const wrong = records[0]!.map((value, i) => (i === 4 ? value * (1 + 1e-8) : value));
    expect(differences(subject, [wrong]).map(({ field }) => field)).toEqual(['maxDrawdown']);
  });
});
