import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtinFeatures } from '../../src/observation/features/index.ts';
import { featureOf, setupOf } from './market.ts';

const text = readFileSync(new URL('../../../../docs/observations.md', import.meta.url), 'utf8');

/** The rows of the first table under `heading`, as cells without backticks. */
function tableUnder(heading: string): string[][] {
  const start = text.indexOf(`\n${heading}\n`);
  expect(start, heading).toBeGreaterThan(0);
  const rest = text.slice(start + heading.length + 2);
  const part = rest.slice(0, rest.search(/^#/m) === -1 ? undefined : rest.search(/^#/m));
  const rows = part.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

describe('docs/observations.md', () => {
  test('has every built-in feature in its table, in their order, and a section for each', () => {
    const names = Object.keys(builtinFeatures);
    expect(tableUnder('## Features').map(([name]) => name)).toEqual(names);
    const sections = [...text.slice(text.indexOf('\n## Features\n')).matchAll(/^### (\S+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(names);
  });

  test.each(Object.entries(builtinFeatures))(
    'has the parameters of %s with type and default',
    (name, { parameters }) => {
      const written = tableUnder(`### ${name}`).map(([parameter, type, value]) => [parameter, type, value]);
      const declared = Object.entries(parameters).map(([parameter, { type, default: value }]) => [
        parameter,
        type === 'string' ? 'text' : type,
        value === '' ? 'empty' : String(value),
      ]);
      expect(written).toEqual(declared);
    },
  );

  test('names who exists once a symbol', () => {
    const others = Object.entries(builtinFeatures)
      .filter(([, { parameters }]) => !('symbol' in parameters))
      .map(([name]) => `\`${name}\``);
    const last = others.pop();
    expect(text).toContain(`All but ${others.join(', ')} and ${last} have these numbers once a symbol.`);
  });

  test('says which labels its example has', () => {
    const setup = setupOf(2);
    const labels = [
      ...featureOf('returns', { count: 4 }, setup).labels,
      ...featureOf('volatility', { window: 50, symbol: 'BTC/USDT', annualize: true }, setup).labels,
      ...featureOf('position', {}, setup).labels,
      ...featureOf('drawdown', {}, setup).labels,
      ...featureOf('time', { of: 'day' }, setup).labels,
    ];
    for (const [numbers, names] of tableUnder('## Labels')) {
      const [first, last] = numbers!.split(/ to |, /).map(Number) as [number, number | undefined];
      const written = names!.split(/ to |, /);
      expect([labels[first], labels[last ?? first]], numbers).toEqual([written[0], written.at(-1)]);
    }
    expect(labels.length).toBe(14);
  });
});
