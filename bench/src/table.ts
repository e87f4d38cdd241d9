import { type Comparison, median } from './comparison.ts';

const HEAD = ['measurement', 'ratio of', 'ratio', 'min', 'max', 'pairs', 'medians'];

/** The comparisons as lines of text, one each. */
export function formatTable(comparisons: readonly Comparison[]): string {
  const rows = [HEAD, ...comparisons.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')).join('\n');
}

function cells({ name, value, base, unit, pairs, median: middle, min, max }: Comparison): string[] {
  const medianOf = (key: 'value' | 'base'): string =>
    short(median(pairs.map((pair) => pair[key]).sort((a, b) => a - b)));
  const medians = `${medianOf('value')} against ${medianOf('base')} ${unit}`;
  return [name, `${value} ÷ ${base}`, fixed(middle), fixed(min), fixed(max), String(pairs.length), medians];
}

function fixed(value: number): string {
  return value.toFixed(3);
}

function short(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : value.toFixed(0);
}
