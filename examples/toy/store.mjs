import { DuckDBInstance } from '@duckdb/node-api';

const TABLE = `CREATE TABLE IF NOT EXISTS actions (
  stage VARCHAR, agent VARCHAR, iteration INTEGER, episode INTEGER,
  step INTEGER, prediction DOUBLE, action INTEGER, reward DOUBLE, equity DOUBLE
)`;

/** Numbers as texts are exact: two files with the same digest hold the same actions, to the last bit. */
const DIGEST = `SELECT sha256(string_agg(digest, '' ORDER BY stage, agent, episode)) AS digest FROM (
  SELECT stage, agent, episode, sha256(string_agg(
    concat_ws(' ', iteration, step, prediction, action, reward, equity), chr(10) ORDER BY step
  )) AS digest
  FROM actions GROUP BY stage, agent, episode
)`;

/**
 * The handler of the background node that stores actions: a thread that owns a DuckDB file. It gets batches of episodes and
 * commits each batch as a whole, so the file is good whenever the process ends.
 */
export async function create({ file }) {
  const instance = await DuckDBInstance.create(file, { threads: '1' });
  const connection = await instance.connect();
  await connection.run(TABLE);
  return {
    async handle(episodes, { attempt }) {
      await connection.run('BEGIN');
      try {
        // The thread may have died after a commit and before its answer: what is tried again replaces itself.
        if (attempt > 1) for (const episode of episodes) await forget(connection, episode);
        await append(connection, episodes);
        await connection.run('COMMIT');
      } catch (error) {
        await connection.run('ROLLBACK');
        throw error;
      }
      return episodes.map(({ rows }) => rows.step.length);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function forget(connection, { stage, agent, episode }) {
  await connection.run('DELETE FROM actions WHERE stage = $1 AND agent = $2 AND episode = $3', [stage, agent, episode]);
}

async function append(connection, episodes) {
  const appender = await connection.createAppender('actions');
  for (const { stage, agent, iteration, episode, rows } of episodes) {
    for (let i = 0; i < rows.step.length; i++) {
      appender.appendVarchar(stage);
      appender.appendVarchar(agent);
      appender.appendInteger(iteration);
      appender.appendInteger(episode);
      appender.appendInteger(rows.step[i]);
      appender.appendDouble(rows.prediction[i]);
      appender.appendInteger(rows.action[i]);
      appender.appendDouble(rows.reward[i]);
      appender.appendDouble(rows.equity[i]);
      appender.endRow();
    }
  }
  appender.closeSync();
}

/** Asks a file that nobody writes; rows are objects. */
export async function query(file, sql) {
  const instance = await DuckDBInstance.create(file, { threads: '1', access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** SHA-256 of all actions, in the order of stages, agents, episodes and steps. */
export async function digestOf(file) {
  const [{ digest }] = await query(file, DIGEST);
  return digest;
}
