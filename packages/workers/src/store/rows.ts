import { parquetSource, quoteName, quoteText } from './database.ts';
import { type TableLayout, type TableName, tableColumns } from './parts.ts';

/** The rows of these files of a table, as a query; where there are none, no rows but the columns and their types. */
export function selectRows(files: readonly string[], layout: TableLayout, table: TableName): string {
  if (files.length === 0) return selectNone(layout, table);
  return `SELECT ${columnsOf(layout, table)} FROM ${parquetSource(files)}`;
}

/** The same in order of episodes and steps; rows of one step keep the order in which they happened. */
export function selectOrderedRows(
  files: readonly string[],
  layout: TableLayout,
  table: Exclude<TableName, 'fan'>,
): string {
  if (files.length === 0) return selectNone(layout, table);
  const order = table === 'episodes' ? 'episode' : 'episode, step, file_row_number';
  return `SELECT ${columnsOf(layout, table)} FROM ${parquetSource(files, 'file_row_number = true')} ORDER BY ${order}`;
}

/** The columns of a table. Fills that were stored before they had `spread` and `impact` have those that they have. */
function columnsOf(layout: TableLayout, table: TableName): string {
  const names = tableColumns(layout, table).map(({ name }) => name);
  if (table !== 'fills') return names.map(quoteName).join(', ');
  return `COLUMNS(lambda name : name IN (${names.map(quoteText).join(', ')}))`;
}

function selectNone(layout: TableLayout, table: TableName): string {
  const empty = tableColumns(layout, table).map(({ name, sql }) => `${sql.replace('$', 'x')} AS ${quoteName(name)}`);
  return `SELECT ${empty.join(', ')} FROM (SELECT CAST(NULL AS DOUBLE) AS x) WHERE false`;
}
