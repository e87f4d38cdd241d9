import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { REGRESSIONS } from '@ergodic/analysis';
import { TAIL } from '@ergodic/statistics';
import { describe, expect, test } from 'vitest';

const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url)), 'utf8');

/** Rows of the table whose first header this is, cell by cell, without backticks. */
function rowsOf(text: string, header: string): string[][] {
  const [table] = [...text.matchAll(/^\|(.*)\|\n\|[-| ]+\|\n((?:\|.*\|\n)*)/gm)].filter(
    ([, head]) => head!.split('|')[0]!.trim() === header,
  );
  return table![2]!
    .trim()
    .split('\n')
    .map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

describe('docs/check.md', () => {
  const text = page('check.md');

  test('has the standard set of a baseline, and which way is worse', () => {
    const rows = REGRESSIONS.map(({ figure, isMoreBetter }) => [figure, isMoreBetter ? 'lower' : 'higher']);
    expect(rowsOf(text, 'figure')).toEqual(rows);
    expect(text).toContain(`${(100 * (1 - TAIL / REGRESSIONS.length)).toFixed(2)} % each`);
  });
});
