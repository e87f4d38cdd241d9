// Whether a run that is killed again and again comes to the digest of an unbroken one. Usage, from the repository root:
//   npx tsc -b packages/cli && node packages/workers/test/soak/kills.mjs [kills] [seed of the moments]
// The command line gets a SIGKILL at random moments, then resumes to the end.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../cli/bin/ergodic.js', import.meta.url));
const kills = Number(process.argv[2] ?? 10);
let state = Number(process.argv[3] ?? 1);
/** Park and Miller's generator, 0 to 1: the moments can be repeated. */
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;

const dir = mkdtempSync(join(tmpdir(), 'ergodic-soak-'));
const config = {
  seed: 'kills',
  episodes: 20_000,
  steps: 4_000,
  markets: { A: { process: 'gbm', price: 100, volatility: 0.8 } },
  strategy: { use: 'sma-cross', fast: 5, slow: 20 },
  record: { episodes: 500, every: 10 },
};
writeFileSync(join(dir, 'ergodic.json'), JSON.stringify(config));

function ergodic(args, killAfterMs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args, '--json'], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (text) => (stdout += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? 2 ** 30);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout });
    });
  });
}

try {
  const whole = JSON.parse((await ergodic(['run', '--out', 'whole'])).stdout);
  let killed = 0;
  for (let i = 0; i < kills; i++) {
    const verb = i === 0 ? ['run', '--out', 'run'] : ['resume', 'run'];
    // The first one needs time to write its manifest; before that there is nothing to resume.
    const afterMs = Math.round(i === 0 ? 1_500 : 1_000 + 3_000 * random());
    const { signal, code } = await ergodic([...verb, '--workers', String(1 + (i % 3))], afterMs);
    if (signal === 'SIGKILL') killed++;
    console.log(`after ${afterMs} ms: ${signal ?? `exit ${code}`}, ${readdirSync(join(dir, 'run/parts')).join(' ')}`);
  }
  const { code, stdout } = await ergodic(['resume', 'run']);
  const summary = JSON.parse(stdout);
  const again = JSON.parse((await ergodic(['resume', 'run'])).stdout);
  const isSame = code === 0 && summary.digest === whole.digest && JSON.stringify(again) === JSON.stringify(summary);
  console.log(
    `killed ${killed} times; digest ${summary.digest}, unbroken ${whole.digest}: ${isSame ? 'the same' : 'DIFFERENT'}`,
  );
  process.exitCode = isSame ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true });
}
