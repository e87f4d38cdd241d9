import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { appendToLedger, type LedgerEntry, readLedger } from '../../src/index.ts';
import { folderWith } from '../sweep/support.ts';

const BUILT = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

function entry(outcome: string): LedgerEntry {
  const data = { key: 'k', files: ['f'], startMs: 0, intervalMs: 1, steps: 10 };
  const figures = { everySteps: 1, returns: 10, sharpe: 0.1, skewness: null, kurtosis: 3 };
  return {
    ...{ schema: 1, ...data, strategy: 's', parameters: { fast: 3 }, time: '2026-01-01T00:00:00Z', run: '/r' },
    ...{ ...figures, digest: 'd', outcome },
  };
}

test('what is appended is read, in order, and the folder is made', async () => {
  const runs = join(folderWith(), 'runs');
  expect(readLedger(runs)).toEqual({ entries: [], damaged: 0 });
  await appendToLedger(runs, [entry('a')]);
  await appendToLedger(runs, [entry('b'), entry('c')]);
  expect(readLedger(runs)).toEqual({ entries: [entry('a'), entry('b'), entry('c')], damaged: 0 });
  expect(existsSync(join(runs, 'ledger.ndjson.lock'))).toBe(false);
});

test('a torn last line harms neither those before nor those after it', async () => {
  const runs = folderWith();
  await appendToLedger(runs, [entry('a')]);
  appendFileSync(join(runs, 'ledger.ndjson'), JSON.stringify(entry('torn')).slice(0, 40));
  expect(readLedger(runs)).toEqual({ entries: [entry('a')], damaged: 1 });
  await appendToLedger(runs, [entry('b')]);
  expect(readLedger(runs)).toEqual({ entries: [entry('a'), entry('b')], damaged: 1 });
});

test('lines of another version, and other JSON, are not counted', () => {
  const runs = folderWith({ 'ledger.ndjson': `{"schema":2}\nnull\n7\n${JSON.stringify(entry('a'))}\n` });
  expect(readLedger(runs)).toEqual({ entries: [entry('a')], damaged: 3 });
});

test('processes that write at once lose no line', async () => {
  const runs = folderWith();
  const script = `import { appendToLedger } from ${JSON.stringify(BUILT)};
    for (let i = 0; i < 20; i++) {
      const entry = { ...${JSON.stringify(entry('x'))}, outcome: process.argv[2] + '-' + i };
      await appendToLedger(${JSON.stringify(runs)}, [entry]);
    }`;
  writeFileSync(join(runs, 'writer.mjs'), script);
  const writers = ['a', 'b', 'c'].map((name) =>
    promisify(execFile)(process.execPath, [join(runs, 'writer.mjs'), name], { cwd: runs }),
  );
  await Promise.all(writers);
  const { entries, damaged } = readLedger(runs);
  expect([entries.length, damaged]).toEqual([60, 0]);
  expect(new Set(entries.map(({ outcome }) => outcome)).size).toBe(60);
});

test('the lock of a process that is gone does not count', async () => {
  // No process has this id: it is above the largest that Linux gives.
  const runs = folderWith({ 'ledger.ndjson.lock': '5000000' });
  await appendToLedger(runs, [entry('a')]);
  expect(readFileSync(join(runs, 'ledger.ndjson'), 'utf8')).toContain('"outcome":"a"');
});
