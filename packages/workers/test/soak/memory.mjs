// Whether memory grows with the number of episodes. Usage, from the repository root:
//   npx tsc -b packages/workers && node packages/workers/test/soak/memory.mjs [episodes] [steps] [workers]
// Runs a tenth of the episodes and all of them, each in a process of its own, and prints resident memory over time and both
// peaks; the second should be at most 1.2 times the first.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runEnsemble } from '@ergodic/workers';

const MIB = 1_048_576;
const [episodes = 100_000, steps = 100, workers = 2] = process.argv.slice(2).map(Number);

async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'ergodic-soak-'));
  const config = {
    seed: 'memory',
    episodes,
    steps,
    markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 } },
    strategy: { use: 'sma-cross', fast: 3, slow: 8 },
  };
  let printed = 0;
  const show = (what) => {
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    const mib = [rss, heapUsed, external, arrayBuffers].map((bytes) => Math.round(bytes / MIB));
    console.log(
      `  ${what}: ${mib[0]} MiB resident (main thread: heap ${mib[1]}, external ${mib[2]}, buffers ${mib[3]})`,
    );
  };
  try {
    const { digest } = await runEnsemble(config, {
      dir,
      workers,
      onProgress: (progress) => {
        if (progress.episodes < printed) return;
        printed = progress.episodes + episodes / 10;
        show(`${progress.episodes} episodes`);
      },
    });
    show(`end, digest ${digest.slice(0, 8)}`);
  } finally {
    rmSync(dir, { recursive: true });
  }
  console.log(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)}`);
}

function peakOf(count) {
  console.log(`${count} episodes of ${steps} steps, ${workers} workers`);
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), count, steps, workers], {
    env: { ...process.env, SOAK_CHILD: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  return Number(/peak (\d+)/.exec(stdout)?.[1]);
}

if (process.env.SOAK_CHILD === '1') await run();
else {
  const ratio = 1 / (peakOf(Math.round(episodes / 10)) / peakOf(episodes));
  console.log(`ten times the episodes take ${ratio.toFixed(2)} times the memory`);
  process.exitCode = ratio <= 1.2 ? 0 : 1;
}
