import { Option } from 'commander';
import type { AddVerb, Done } from './options.ts';

const REMARKS = `Tables: episodes, rewards, fills, equity, fan; without QUERY their columns are printed.
QUERY is one query of DuckDB that reads; - takes it from standard input. It writes nothing and opens
no other files. A terminal shows the first 40 rows, the other formats have all. See docs/tables.md.
Exit codes: 0 done; 2 the query or arguments are wrong, or it was refused; 130, 143 interrupted.
`;

export function addSql(verb: AddVerb, done: Done): void {
  verb(
    'sql <run> [query]',
    "Query a run's tables with SQL.",
    [
      "ergodic sql runs/first 'select endReason, median(totalReturn) from episodes group by endReason'",
      "ergodic sql runs/first 'from fills where episode = 7' --out fills.parquet",
      'ergodic sql runs/first - --format csv < query.sql',
    ],
    REMARKS,
  )
    .addOption(
      new Option('--format <name>', 'format of the rows (default: table, with --out by the name of the file)').choices([
        'table',
        'csv',
        'ndjson',
        'json',
        'markdown',
        'parquet',
      ]),
    )
    .option('--out <file>', 'file to write (.csv, .ndjson, .parquet); one that exists is not overwritten')
    .option('--json', 'print the result as one JSON document')
    .action(async (run, query, options) => done(await (await import('../commands/sql.ts')).sql(run, query, options)));
}
