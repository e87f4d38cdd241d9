import { table } from '../format.ts';
import { colorsFor } from '../output.ts';
import { hasInterval, rangeText, signedText, valueText } from './estimates.ts';
import type { FigureRow } from './rows.ts';
import { WIDTH } from './text.ts';

const INTERVAL = '95 % CI';

/** Figures of both and their difference, each with its interval: beside it, below it where a line has no room, or on a line of its own. */
export function figureTable(title: string, rows: readonly FigureRow[], [a, b]: readonly [string, string]): string[] {
  const { dim } = colorsFor(process.stdout);
  const cells = rows.map(({ name, show, figure }) => ({
    name,
    values: [valueText(figure.a, show), valueText(figure.b, show), signedText(figure.difference, show)],
    intervals: [figure.a, figure.b, figure.difference].map((one) => (hasInterval(one) ? rangeText(one, show) : '')),
  }));
  const beside = table(
    [
      [title, a, INTERVAL, b, INTERVAL, `${b} − ${a}`, INTERVAL],
      ...cells.map(({ name, values, intervals }) => [name, ...values.flatMap((value, i) => [value, intervals[i]!])]),
    ],
    [1, 2, 3, 4, 5, 6],
  );
  const labels = [a, b, `${b} − ${a}`];
  const fits = (lines: readonly string[]): boolean => lines.every((line) => line.length <= WIDTH);
  const lines = [beside, below([title, ...labels], cells)].find(fits) ?? listed(title, labels, cells);
  return [dim(lines[0]!), ...lines.slice(1)];
}

interface Cells {
  readonly name: string;
  readonly values: readonly string[];
  readonly intervals: readonly string[];
}

function below(head: readonly string[], cells: readonly Cells[]): string[] {
  const lines = cells.flatMap(({ name, values, intervals }) => [
    [name, ...values],
    ['', ...intervals.map((text) => (text === '' ? '' : `(${text})`))],
  ]);
  return table([head, ...lines], [1, 2, 3]).filter((line) => line !== '');
}

function listed(title: string, labels: readonly string[], cells: readonly Cells[]): string[] {
  const lines = cells.flatMap(({ name, values, intervals }) =>
    labels.map((label, i) => [i === 0 ? name : '', label, values[i]!, intervals[i]!]),
  );
  return table([[title, '', '', INTERVAL], ...lines], [2, 3]);
}
