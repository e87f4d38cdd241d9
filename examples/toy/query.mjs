import path from 'node:path';
import { query } from './store.mjs';

const [out, sql = 'SELECT stage, agent, count(*) AS actions FROM actions GROUP BY ALL ORDER BY ALL'] =
  process.argv.slice(2);

if (out === undefined) {
  console.error('error: a folder of the toy must be named: node examples/toy/query.mjs runs/toy-… "SELECT …"');
  process.exitCode = 2;
} else {
  try {
    console.table(await query(path.join(out, 'actions.duckdb'), sql));
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
