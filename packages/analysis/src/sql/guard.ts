import { SqlError } from './error.ts';

/** The views over the tables of a run. */
export const TABLES = ['episodes', 'rewards', 'fills', 'equity', 'fan'] as const;

/** Table functions that make rows of their arguments. All others read files, settings or plans, or change the process. */
const FUNCTIONS = ['generate_series', 'json_each', 'json_tree', 'range', 'repeat', 'repeat_row', 'unnest'];
const BEGINNINGS = 'SELECT, FROM, WITH, VALUES, TABLE, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN';
/** `FROM 'x.csv'` is a table with that name to the parser: none of ours has such characters. */
const PATH_CHARACTERS = /[/\\.:*?]/;
/**
 * EXPLAIN with its options; what follows is a statement of its own. No comments and no quotes: what hides in them would be one text
 * to us and another one to DuckDB.
 */
const EXPLAIN = /^[ \t\r\n]*explain[ \t\r\n]+(analyze[ \t\r\n]+)?(\([ \t\r\n]*(analyze|format)[a-z, \t\r\n]*\))?/i;
const NOWHERE = 2 ** 53;

/** What DuckDB's `json_serialize_sql` says of a text. It takes SELECT statements only, and what is one of those to the parser. */
interface Serialized {
  readonly error: boolean;
  readonly error_type?: string;
  readonly statements?: readonly unknown[];
}

interface Node {
  readonly type?: unknown;
  readonly query_location?: unknown;
  readonly table_name?: unknown;
  readonly function?: { readonly function_name?: unknown };
  readonly cte_map?: { readonly map?: readonly { readonly key?: unknown }[] };
}

/** The statement that an EXPLAIN is about, else the text as it is: `EXPLAIN ANALYZE` runs what it explains. */
export function explained(sql: string): string {
  return sql.replace(EXPLAIN, '');
}

export function isExplain(sql: string): boolean {
  return EXPLAIN.test(sql);
}

/** Whether the text has an error of syntax; DuckDB says where when it is asked to take the statement apart. */
export function hasSyntaxError(serialized: string): boolean {
  const { error, error_type: kind } = JSON.parse(serialized) as Serialized;
  return error && kind === 'parser';
}

/**
 * Looks through the syntax tree of a query. It must be one statement, read and not write, and take its rows from the views, from its
 * own common table expressions and from functions that make rows of their arguments.
 *
 * @param serialized what `json_serialize_sql` says of `explained(sql)`
 * @throws SqlError `SQL_REFUSED`, `SQL_INVALID` where there is no query or more than one
 */
export function checkQuery(serialized: string, sql: string): void {
  const { error, statements = [] } = JSON.parse(serialized) as Serialized;
  if (error) throw refusedStatement(sql);
  if (statements.length !== 1) {
    const got = statements.length === 0 ? 'none' : `${statements.length}`;
    throw new SqlError('SQL_INVALID', `there must be one query, got ${got}; run them one by one`);
  }
  const ownTables = new Set<string>();
  visit(statements, ({ cte_map }) => {
    for (const { key } of cte_map?.map ?? []) ownTables.add(String(key).toLowerCase());
  });
  const shift = Buffer.byteLength(sql) - Buffer.byteLength(explained(sql));
  visit(statements, (node) => {
    const place = placeOf(sql, Number(node.query_location) + shift);
    if (node.type === 'TABLE_FUNCTION') checkFunction(String(node.function?.function_name), place);
    if (node.type === 'BASE_TABLE') checkTable(String(node.table_name), ownTables, place);
  });
}

function checkFunction(name: string, place: string): void {
  if (FUNCTIONS.includes(name.toLowerCase())) return;
  const rule = `a query takes rows from the tables ${TABLES.join(', ')} and the functions ${FUNCTIONS.join(', ')}`;
  throw new SqlError('SQL_REFUSED', `${place}${rule}; got ${name}(), which is none of them`);
}

function checkTable(name: string, ownTables: ReadonlySet<string>, place: string): void {
  if (!PATH_CHARACTERS.test(name) || ownTables.has(name.toLowerCase())) return;
  const wayOut = `its tables are ${TABLES.join(', ')}`;
  throw new SqlError(
    'SQL_REFUSED',
    `${place}a query reads the tables of the run and no files, got '${name}'; ${wayOut}`,
  );
}

function refusedStatement(sql: string): SqlError {
  const word = /[a-z]+/i.exec(explained(sql).replaceAll(/--.*$|\/\*[\s\S]*?\*\//gm, ''))?.[0]?.toUpperCase() ?? sql;
  if (word === 'PIVOT' || word === 'PIVOT_WIDER') {
    const rule = 'PIVOT must list the values that become columns';
    const example = "PIVOT fills ON orderSide IN ('buy', 'sell') USING sum(filledQty)";
    return new SqlError('SQL_REFUSED', `${rule}, for example ${example}`);
  }
  const wayOut = '--out FILE keeps a result';
  return new SqlError('SQL_REFUSED', `a query must read: it begins with ${BEGINNINGS}, got ${word}; ${wayOut}`);
}

/** `line 1, column 15: ` of a byte offset, nothing where the parser names no place. */
function placeOf(sql: string, offset: number): string {
  if (!(offset >= 0 && offset < NOWHERE)) return '';
  const lines = Buffer.from(sql).subarray(0, offset).toString().split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}: `;
}

/** Every object of the tree, which is as deep as the query is nested: DuckDB's parser has a limit for that. */
function visit(value: unknown, look: (node: Node) => void): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) look(value);
  for (const child of Object.values(value)) visit(child, look);
}
