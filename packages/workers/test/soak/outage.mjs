// Whether a flood of points survives an outage of the server in bounded memory, and how long it takes. Usage, from the repository root:
//   npx tsc -b packages/cli && TEST_SERVERS=… node packages/workers/test/soak/outage.mjs [minutes of outage] [MiB of memory that are too much]
// The server is killed in the middle of a run that sends every step of every episode, and started again; then every point is counted.
// Settings of servers: see ../influx/servers.ts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Database, quoteText, tableFiles } from '@ergodic/workers';
import { build } from 'esbuild';

const CLI = fileURLToPath(new URL('../../../cli/bin/ergodic.js', import.meta.url));
const minutes = Number(process.argv[2] ?? 10);
const mostMb = Number(process.argv[3] ?? 1_500);
const BEFORE_MS = 5_000;

const dir = mkdtempSync(join(tmpdir(), 'ergodic-outage-'));
const servers = join(dir, 'servers.mjs');
const entry = fileURLToPath(new URL('../influx/servers.ts', import.meta.url));
await build({ entryPoints: [entry], outfile: servers, bundle: true, platform: 'node', format: 'esm' });
const { startInflux } = await import(servers);
const influx = await startInflux();
if ('skipped' in influx || !influx.isOwn) {
  console.warn(`SKIPPED: ${influx.skipped ?? 'a server of others is not killed'}`);
  process.exit(0);
}

// Long enough to be at work, or paused for its spool, when the server comes back.
const config = {
  seed: 'outage',
  episodes: 3_000,
  steps: 1_000,
  markets: { A: { process: 'gbm', price: 100, volatility: 0.8 } },
  strategy: { use: 'sma-cross', fast: 5, slow: 20 },
  record: { episodes: 3_000 },
  outputs: {
    influx: {
      url: influx.url,
      org: influx.org,
      bucket: influx.bucket,
      token: '${SOAK_TOKEN}',
      spoolMb: 256,
      drainSeconds: 60 * minutes + 600,

      pauseSeconds: 60 * minutes + 600,
    },
  },
};
writeFileSync(join(dir, 'ergodic.json'), JSON.stringify(config));
const run = join(dir, 'run');
const rssMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;
const spoolMb = () => {
  const spool = join(run, 'spool/influx');
  return (
    readdirSync(spool).reduce(
      (sum, name) => sum + (statSync(join(spool, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    ) / 1_048_576
  );
};

const startedAt = Date.now();
const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0);
const child = spawn(process.execPath, [CLI, 'run', '--out', 'run', '--json'], {
  cwd: dir,
  env: { ...process.env, SOAK_TOKEN: influx.token },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let stdout = '';
child.stdout.on('data', (text) => (stdout += text));
const closed = new Promise((resolve) => child.on('close', resolve));
let most = 0;
let mostSpool = 0;
const sampler = setInterval(() => {
  try {
    most = Math.max(most, rssMb(child.pid));
    mostSpool = Math.max(mostSpool, spoolMb());
  } catch {
    // Not yet there, or through.
  }
}, 500);
let isSound = false;
try {
  await delay(BEFORE_MS);
  await influx.kill();
  console.log(`${seconds()} s: the server is killed; rss ${most.toFixed(0)} MiB so far`);
  for (let minute = 0; minute < minutes; minute++) {
    await delay(60_000);
    console.log(`${seconds()} s: rss at most ${most.toFixed(0)} MiB, spool ${spoolMb().toFixed(0)} MiB`);
  }
  await influx.restart();
  console.log(`${seconds()} s: the server is back`);
  const code = await closed;
  const summary = JSON.parse(stdout);
  const { streamId } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
  const database = await Database.open();
  isSound = code === 0 && most < mostMb;
  for (const table of ['episodes', 'equity', 'rewards', 'fills']) {
    const files = tableFiles(run, table).map(quoteText).join(', ');
    const [[rows]] = await database.rows(
      `SELECT CAST(count(*) AS DOUBLE) FROM read_parquet([${files}], union_by_name = true)`,
    );
    const points = await influx.count(table, `"run" = '${streamId}'`);
    if (points !== rows) isSound = false;
    console.log(`${table}: ${rows} rows, ${points} points${points === rows ? '' : '  DIFFERENT'}`);
  }
  database.close();
  console.log(`${seconds()} s: exit ${code}, ${JSON.stringify(summary.outputs.influx)}`);
  console.log(
    `rss at most ${most.toFixed(0)} MiB (bound ${mostMb}), spool at most ${mostSpool.toFixed(0)} MiB: ${isSound ? 'sound' : 'NOT SOUND'}`,
  );
  process.exitCode = isSound ? 0 : 1;
} finally {
  clearInterval(sampler);
  child.kill('SIGKILL');
  await influx.stop();
  rmSync(dir, { recursive: true });
}
