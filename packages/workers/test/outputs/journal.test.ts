import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Journal, type JournalEntry, readJournal } from '../../src/outputs/journal.ts';
import { folderWith } from '../support.ts';

const dir = folderWith();
let files = 0;

/** A new journal with these entries; its path. */
function written(entries: readonly JournalEntry[]): string {
  const path = join(dir, `${files++}.ndjson`);
  append(path, entries);
  return path;
}

function append(path: string, entries: readonly JournalEntry[]): void {
  const journal = new Journal(path);
  for (const entry of entries) journal.add(entry);
  journal.close();
}

/** The last entry of each, in the order of these last entries. */
function lastOf(entries: readonly JournalEntry[]): [string, JournalEntry][] {
  const names = [...new Set(entries.map(({ segment }) => segment).reverse())].reverse();
  return names.map((name) => [name, entries.findLast(({ segment }) => segment === name)!]);
}

const entry: fc.Arbitrary<JournalEntry> = fc.record({
  segment: fc.constantFrom('0-15-a.lp', '16-31-b.lp', 'telemetry-1-2.lp', 'labels-c.lp'),
  offset: fc.nat(),
  acknowledged: fc.nat(),
  refused: fc.nat(),
  done: fc.boolean(),
  written: fc.nat(),
});

describe('a journal', () => {
  test('gives the last entry of each segment, in the order in which they were written', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        expect([...readJournal(written(entries))]).toEqual(lastOf(entries));
      }),
      { numRuns: 100 },
    );
  });

  test('that was torn anywhere loses at most its last entries, and goes on', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 6 }),
        fc.array(entry, { maxLength: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (before, after, share) => {
          const path = written(before);
          const text = readFileSync(path);
          const length = Math.floor(share * text.length);
          truncateSync(path, length);
          const kept = text.subarray(0, length).toString().split('\n').length - 1;
          // A line that misses nothing but its end may count.
          const isWhole = text[length] === 10 && length > 0;
          const survivors = before.slice(0, isWhole ? kept + 1 : kept);
          expect([...readJournal(path)]).toEqual(lastOf(survivors));
          append(path, after);
          expect([...readJournal(path)]).toEqual(lastOf([...survivors, ...after]));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is empty where there is no file, and skips what is not an entry', () => {
    expect(readJournal(join(dir, 'none')).size).toBe(0);
    const path = join(dir, 'odd.ndjson');
    writeFileSync(
      path,
      'null\n[]\n{}\n\0\0\0\n{"segment":"a","offset":1,"acknowledged":1,"refused":0,"done":true}\n17\n',
    );
    expect([...readJournal(path).keys()]).toEqual(['a']);
  });
});
