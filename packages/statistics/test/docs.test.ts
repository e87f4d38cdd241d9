import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FIGURES } from '../src/figures/registry.ts';

const page = readFileSync(new URL('../../../docs/statistics.md', import.meta.url), 'utf8');

it('the documentation has all figures, with the words of the help', () => {
  const [section] = page.split('## Figures')[1]!.split('\n## ');
  const rows = [...section!.matchAll(/^\| (`.*?`) +\| (.*?) +\|$/gm)].map(([, form, what]) => [
    form!.replaceAll('`', ''),
    what!,
  ]);
  expect(rows).toEqual(FIGURES.map(({ form, describe }) => [form, describe]));
});
