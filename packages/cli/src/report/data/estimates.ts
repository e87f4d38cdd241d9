import type { StoredRun } from '@ergodic/analysis';
import { type Estimate, type Figure, parseFigure } from '@ergodic/statistics';

/** Estimates by the text of their figure: `median(totalReturn)`. */
export type Estimates = ReadonlyMap<string, Estimate>;

/** Columns in memory at once: each takes 8 bytes an episode, twice that where it is sorted. */
const COLUMNS_AT_ONCE = 4;

/** Text of the figure that is the mean of a column. */
export function meanText(column: string): string {
  return parseFigure(`mean(${JSON.stringify(column)})`).text;
}

/** Estimates of the figures whose columns the run has. Each column is read once, or twice where two figures with several share it. */
export async function loadEstimates(run: StoredRun, texts: readonly string[]): Promise<Estimates> {
  const { fields } = run.manifest.layout;
  const figures = texts.map(parseFigure).filter(({ columns }) => columns.every((column) => fields.includes(column)));
  const found = new Map<string, Estimate>();
  for (const group of groupsOf(figures)) {
    const table = await run.episodes(group.flatMap(({ columns }) => columns));
    for (const figure of group) found.set(figure.text, figure.evaluate(table));
  }
  return found;
}

/** Figures that share columns are read together. */
function groupsOf(figures: readonly Figure[]): Figure[][] {
  const sorted = [...figures].sort((a, b) => keyOf(b).localeCompare(keyOf(a)));
  const groups: Figure[][] = [];
  let columns = new Set<string>();
  for (const figure of sorted) {
    const together = new Set([...columns, ...figure.columns]);
    if (groups.length === 0 || together.size > COLUMNS_AT_ONCE) {
      groups.push([]);
      columns = new Set(figure.columns);
    } else columns = together;
    groups.at(-1)!.push(figure);
  }
  return groups;
}

/** Brings figures of one column together; that with several comes just before those with its first. */
function keyOf({ columns }: Figure): string {
  return columns.join(' ');
}
