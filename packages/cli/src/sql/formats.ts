import { isNumeric, jsonOf, type QueryResult, textOf } from '@ergodic/analysis';

/** Makes pieces of text of the rows as they come. */
type Format = (result: QueryResult) => AsyncGenerator<string>;

/** The formats that write every row, as text. */
export const TEXT_FORMATS = { csv, ndjson, json, markdown } as const satisfies Record<string, Format>;

/** A header, then a line a row. Null is nothing, an empty text is `""`. */
async function* csv(result: QueryResult): AsyncGenerator<string> {
  yield `${result.columns.map(({ name }) => csvCell(name)).join(',')}\n`;
  for await (const chunk of result.chunks()) {
    yield linesOf(chunk.getRows(), (row) => row.map((value) => csvCell(textOf(value))).join(','));
  }
}

function csvCell(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* ndjson(result: QueryResult): AsyncGenerator<string> {
  const keys = keysOf(result);
  for await (const chunk of result.chunks()) yield linesOf(chunk.getRows(), (row) => jsonRow(keys, row));
}

/** `{ columns: [{ name, type }], rows: [{ … }] }` */
async function* json(result: QueryResult): AsyncGenerator<string> {
  const keys = keysOf(result);
  yield `{\n  "columns": [\n${result.columns.map((column) => `    ${JSON.stringify(column)}`).join(',\n')}\n  ],\n  "rows": [`;
  let separator = '\n';
  for await (const chunk of result.chunks()) {
    const rows = chunk.getRows().map((row) => `    ${jsonRow(keys, row)}`);
    yield separator + rows.join(',\n');
    separator = ',\n';
  }
  yield separator === '\n' ? ']\n}\n' : '\n  ]\n}\n';
}

function keysOf({ columns }: QueryResult): string[] {
  return columns.map(({ name }) => `${JSON.stringify(name)}:`);
}

function jsonRow(keys: readonly string[], row: readonly unknown[]): string {
  return `{${row.map((value, i) => keys[i] + jsonOf(value)).join(',')}}`;
}

async function* markdown(result: QueryResult): AsyncGenerator<string> {
  const { columns } = result;
  yield markdownRow(columns.map(({ name }) => markdownCell(name)));
  yield markdownRow(columns.map(({ type }) => (isNumeric(type) ? '---:' : '---')));
  for await (const chunk of result.chunks()) {
    yield chunk
      .getRows()
      .map((row) => markdownRow(row.map((value) => markdownCell(textOf(value) ?? ''))))
      .join('');
  }
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function markdownCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\r?\n/g, '<br>');
}

function linesOf(rows: readonly (readonly unknown[])[], line: (row: readonly unknown[]) => string): string {
  return rows.map((row) => `${line(row)}\n`).join('');
}
