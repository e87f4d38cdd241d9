// How much two workers do more than one. Usage, from the repository root:
//   npx tsc -b packages/workers && node packages/workers/test/soak/throughput.mjs [rounds] [episodes] [steps]
// One and two workers take turns, so that a busy machine slows both; the ratio of the medians should be 1.8 or more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEnsemble } from '@ergodic/workers';

const [rounds = 5, episodes = 4_000, steps = 10_000] = process.argv.slice(2).map(Number);
const config = {
  seed: 'throughput',
  episodes,
  steps,
  markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 } },
  strategy: { use: 'sma-cross', fast: 10, slow: 50 },
  execution: { fees: { taker: 0.001 }, slippage: { bps: 5 } },
  rewards: [{ use: 'log-return' }, { use: 'order-frequency', window: 50, limit: 5, scale: 0.01 }],
};
const dir = mkdtempSync(join(tmpdir(), 'ergodic-soak-'));
const speeds = { 1: [], 2: [] };
const digests = new Set();
try {
  for (let round = 0; round < rounds; round++) {
    for (const workers of round % 2 === 0 ? [1, 2] : [2, 1]) {
      const before = process.cpuUsage();
      const summary = await runEnsemble(config, { dir: join(dir, `${round}-${workers}`), workers });
      const { user, system } = process.cpuUsage(before);
      const { wallSeconds, stepsPerSecond } = summary.timing;
      speeds[workers].push(stepsPerSecond);
      digests.add(summary.digest);
      const cpu = ((user + system) / 1e6).toFixed(1);
      console.log(
        `${workers} workers: ${(stepsPerSecond / 1e6).toFixed(2)} M steps/s, ${wallSeconds.toFixed(2)} s wall, ${cpu} s CPU`,
      );
    }
  }
} finally {
  rmSync(dir, { recursive: true });
}
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ratio = median(speeds[2]) / median(speeds[1]);
console.log(`two workers do ${ratio.toFixed(2)} times the work of one; ${digests.size} digest`);
process.exitCode = ratio >= 1.8 && digests.size === 1 ? 0 : 1;
