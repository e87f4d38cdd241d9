// Whether the example's RLlib server learns from `ergodic connect`, and goes on learning when either side is killed.
// Usage, from the repository root (Python 3.11; the first run installs 6 GB, about 7 minutes):
//   npx tsc -b packages/cli && node packages/learning/test/soak/rllib.mjs [folder of a venv with the requirements]
// Without a folder a venv is made and removed. For an MLP and for an LSTM: learn, kill the server with SIGKILL and start it from
// its checkpoint, kill the client with SIGKILL and start another, kill the server at some moments more, freeze it for a while, end both
// with a signal.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../cli/bin/ergodic.js', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../../../examples/rllib', import.meta.url));
const PATIENCE_MS = 180_000;
const FREEZE_MS = 8_000;

const folder = mkdtempSync(join(tmpdir(), 'ergodic-rllib-'));
const started = new Set();
let failures = 0;
let state = 1;
/** Park and Miller's generator, 0 to 1: the moments can be repeated. */
const random = () => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};

function check(what, isSo) {
  if (!isSo) failures++;
  console.log(`${isSo ? 'ok  ' : 'FAIL'} ${what}`);
}

/** A process whose lines can be waited for. */
function start(name, command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const lines = [];
  const waiting = new Set();
  const read = (stream) => {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      for (const line of parts) {
        lines.push(line);
        for (const one of waiting) one(line);
      }
    });
  };
  read(child.stdout);
  read(child.stderr);
  started.add(child);
  const ended = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      started.delete(child);
      resolve(signal ?? code);
    }),
  );
  /** The next line that the pattern fits, from now on. */
  const line = (pattern) =>
    new Promise((resolve, reject) => {
      const give = (error) => {
        clearTimeout(timer);
        waiting.delete(look);
        reject(new Error(`${name}: ${error} while waiting for ${pattern}\n${lines.slice(-15).join('\n')}`));
      };
      const look = (text) => {
        const match = pattern.exec(text);
        if (match === null) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(match);
      };
      const timer = setTimeout(() => give(`nothing for ${PATIENCE_MS / 1_000} s`), PATIENCE_MS);
      waiting.add(look);
      void ended.then((how) => waiting.has(look) && give(`ended with ${how}`));
    });
  const all = (pattern) => lines.map((text) => pattern.exec(text)).filter((match) => match !== null);
  return { child, ended, line, all };
}

async function must(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const REWARD = /^iteration (\d+): \d+ steps, mean reward of episodes (\S+)/;
const PLAYED = /^iteration (\d+), policy (\d+): /;

async function iterations(client, n) {
  let match;
  for (let i = 0; i < n; i++) match = await client.line(PLAYED);
  return match;
}

async function scenario(python, name, extra, kills) {
  console.log(`\n${name}`);
  const port = await freePort();
  const checkpoints = join(folder, name);
  const serve = (...more) => {
    const args = [join(EXAMPLE, 'server.py'), '--port', String(port), '--checkpoint', checkpoints, ...extra, ...more];
    return start('server', python, args, { env: { ...process.env, OMP_NUM_THREADS: '1' } });
  };
  const url = `rllib://127.0.0.1:${port}`;
  const run = join(folder, `${name}-run`);
  const connect = () => {
    const config = join(EXAMPLE, 'ergodic.yaml');
    return start('client', process.execPath, [CLI, 'connect', url, config, '--workers', '2', '--out', run]);
  };

  // The client may come first.
  let client = connect();
  let server = serve();
  await client.line(/connected: weights/);
  await iterations(client, 10);
  const rewards = server.all(REWARD).map(([, , reward]) => Number(reward));
  console.log(`     mean rewards: ${rewards.map((reward) => reward.toFixed(3)).join(' ')}`);

  // While it learns: the batch that it has is lost.
  await client.line(PLAYED);
  server.child.kill('SIGKILL');
  await server.ended;
  const last = Number(server.all(REWARD).at(-1)[1]);
  const kept = readdirSync(checkpoints).sort();
  console.log(`     server killed after iteration ${last}; checkpoints: ${kept.join(' ')}`);
  const again = client.line(/connected again: weights (\d+)/);
  server = serve('--restore');
  const [, restored] = await server.line(/^restored .*iteration-0*(\d+)$/);
  const [, version] = await again;
  const [, next, reward] = await server.line(REWARD);
  check(
    `server goes on at iteration ${next} after its checkpoint of iteration ${restored}`,
    Number(next) === Number(restored) + 1,
  );
  check(`no more than one iteration was lost (killed after ${last})`, Number(restored) >= last - 1);
  check(`client goes on with its weights, number ${version}`, version === restored);
  check(
    `what was learned is there: mean reward ${Number(reward).toFixed(3)}, of the first iteration ${rewards[0].toFixed(3)}`,
    Number(reward) > rewards[0] + 0.5 * (rewards.at(-1) - rewards[0]),
  );
  await iterations(client, 3);

  const before = Number(server.all(REWARD).at(-1)[1]);
  client.child.kill('SIGKILL');
  await client.ended;
  client = connect();
  await client.line(/connected: weights/);
  await iterations(client, 4);
  const [, after] = await server.line(REWARD);
  check(`server goes on with another client: iteration ${after}, killed at ${before}`, Number(after) >= before + 4);

  for (let i = 0; i < kills; i++) {
    const afterMs = Math.round(500 + 4_000 * random());
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    server.child.kill('SIGKILL');
    await server.ended;
    const reached = Number(server.all(REWARD).at(-1)?.[1] ?? 0);
    server = serve('--restore');
    const [, number] = await server.line(/^restored .*iteration-0*(\d+)$/);
    await iterations(client, 2);
    check(
      `server killed ${afterMs} ms later, at iteration ${reached}, goes on from ${number}`,
      Number(number) >= reached - 1,
    );
  }

  // A server that hangs is no server that is gone.
  server.child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, FREEZE_MS));
  server.child.kill('SIGCONT');
  const [, , policy] = await iterations(client, 3);
  check(`client waits while the server is frozen, and plays on (policy ${policy})`, true);

  await iterations(client, 5);
  const end = server.all(REWARD).map(([, , value]) => Number(value));
  const mean = end.slice(-5).reduce((a, b) => a + b) / 5;
  check(
    `learning: mean reward ${mean.toFixed(3)} at the end, ${rewards[0].toFixed(3)} untrained`,
    mean > rewards[0] + 0.1,
  );

  client.child.kill('SIGINT');
  const code = await client.ended;
  check(`client ends with 130 after an interrupt, got ${code}`, code === 130);
  const table = spawnSync(process.execPath, [CLI, 'export', run, '--table', 'episodes', '--format', 'csv']);
  const [header, ...rows] = table.stdout
    .toString()
    .trim()
    .split('\n')
    .map((row) => row.split(','));
  const column = (field) => rows.map((row) => Number(row[header.indexOf(field)]));
  const [highest, played] = [Math.max(...column('trainingIteration')), new Set(column('episode')).size];
  check(
    `${rows.length} episodes are stored, each once, of ${highest + 1} iterations`,
    rows.length > 500 && played === rows.length,
  );
  server.child.kill('SIGTERM');
  const how = await server.ended;
  check(`server ends with 143 after a SIGTERM, got ${how}`, how === 143);
}

try {
  let [, , venv] = process.argv;
  if (venv === undefined) {
    venv = join(folder, 'venv');
    await must('python3.11', ['-m', 'venv', venv]);
    await must(join(venv, 'bin/pip'), ['install', '--quiet', '-r', join(EXAMPLE, 'requirements.txt')]);
  }
  const python = join(venv, 'bin/python');
  await scenario(python, 'mlp', [], 4);
  await scenario(python, 'lstm', ['--lstm'], 1);
  console.log(failures === 0 ? '\nall as it should be' : `\n${failures} checks failed`);
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
