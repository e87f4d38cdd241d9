import { type Chunk, isNumeric, type QueryResult, textOf } from '@ergodic/analysis';
import { count, table } from '../format.ts';

/** Rows that a person reads. */
const SHOWN_ROWS = 40;
/** Rows that are counted for the remark. */
const COUNTED_ROWS = 1_000_000;
const CELL_WIDTH = 60;
const DIGITS = 8;
const GAP = 2;

export interface Shown {
  /** The header first. */
  readonly lines: readonly string[];
  /** What is not shown, and how to see it. */
  readonly remarks: readonly string[];
}

/** The first rows as a table no wider than `width`; a single row that is wider stands upright, a line a column. */
export async function showTable(result: QueryResult, width: number): Promise<Shown> {
  const { rows, total } = await firstRows(result);
  const remarks = rows.length < total ? [rowRemark(rows.length, total)] : [];
  const cells = rows.map((row) => row.map(cellOf));
  const header = result.columns.map(({ name }) => printable(name));
  const widths = header.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]!.length)));
  const fitting = fittingColumns(widths, width);
  if (fitting === header.length) return { lines: render(result, header, cells), remarks };
  if (rows.length === 1) return { lines: table(header.map((name, i) => [name, cells[0]![i]!])), remarks };
  const cut = <T>(row: readonly T[]): T[] => row.slice(0, fitting);
  remarks.push(`showing ${fitting} of ${header.length} columns; name those that you want, or add --format csv`);
  return { lines: render(result, cut(header), cells.map(cut)), remarks };
}

/** A plan is a drawing of its own: an EXPLAIN is printed as it is. */
export async function showPlan(result: QueryResult): Promise<string> {
  const texts: string[] = [];
  for await (const chunk of result.chunks()) texts.push(...chunk.getRows().map((row) => textOf(row.at(-1)) ?? ''));
  return texts.map((text) => text.trimEnd()).join('\n');
}

function render(result: QueryResult, header: readonly string[], cells: readonly (readonly string[])[]): string[] {
  const right = result.columns.flatMap(({ type }, i) => (isNumeric(type) ? [i] : []));
  return table([header, ...cells], right);
}

async function firstRows(result: QueryResult): Promise<{ rows: unknown[][]; total: number }> {
  const rows: unknown[][] = [];
  let total = 0;
  for await (const chunk of result.chunks()) {
    if (rows.length < SHOWN_ROWS) rows.push(...leadingRows(chunk, SHOWN_ROWS - rows.length));
    total += chunk.rowCount;
    if (total > COUNTED_ROWS) break;
  }
  return { rows, total };
}

function leadingRows(chunk: Chunk, most: number): unknown[][] {
  return chunk.getRows().slice(0, most) as unknown[][];
}

function rowRemark(shown: number, total: number): string {
  const all = total > COUNTED_ROWS ? `more than ${count(COUNTED_ROWS)}` : count(total);
  return `showing ${shown} of ${all} rows; LIMIT and OFFSET choose others, --format csv prints all`;
}

/** How many columns from the left fit, at least one. */
function fittingColumns(widths: readonly number[], width: number): number {
  let used = -GAP;
  const over = widths.findIndex((of) => (used += of + GAP) > width);
  return over === -1 ? widths.length : Math.max(1, over);
}

function cellOf(value: unknown): string {
  if (value === null) return '–';
  if (typeof value === 'number' && Number.isFinite(value)) return String(Number(value.toPrecision(DIGITS)));
  const text = printable(textOf(value)!);
  return text.length > CELL_WIDTH ? `${text.slice(0, CELL_WIDTH - 1)}…` : text;
}

/** Without what would move the cursor of a terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
