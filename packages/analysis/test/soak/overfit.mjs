// Sweeps of 500 rules on driftless prices without costs, one a seed: whatever looks good in them is luck.
//
//     node packages/analysis/test/soak/overfit.mjs [sweeps] [episodes]
//
// Prints for each sweep how many rules look good one by one (the 95 % interval of their own mean is above zero), how many are
// declared better than doing nothing, and what the best earned where it was chosen and on fresh paths. At most 5 % of sweeps may
// declare any rule better; the script fails where more did than 99.9 of 100 soaks of correct sweeps have.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSweep, runSweep } from '@ergodic/analysis';
import { parseConfig } from '@ergodic/core';

const [sweeps, episodes] = [Number(process.argv[2] ?? 20), Number(process.argv[3] ?? 1_000)];
const TAIL = 0.05;

const range = (name, low, high, step) => ({
  path: ['strategy', name],
  values: { kind: 'steps', low, high, step },
  label: `--param strategy.${name}=${low}..${high}:${step}`,
});
const parameters = [range('fast', 2, 26, 1), range('slow', 30, 125, 5)];

function configOf(seed, [fast, slow] = [10, 50]) {
  return parseConfig({
    ...{ seed, episodes, steps: 200, interval: '1h' },
    markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0, volatility: 0.8 } },
    strategy: { use: 'sma-cross', fast, slow },
  });
}

/** The least number of declaring sweeps that has a chance below 0.001 where each has one of TAIL. */
function limitOf(n) {
  let term = (1 - TAIL) ** n;
  let below = term;
  let k = 0;
  while (1 - below > 0.001) {
    term *= ((n - k) / (k + 1)) * (TAIL / (1 - TAIL));
    below += term;
    k++;
  }
  return k + 1;
}

let declared = 0;
const startedAt = performance.now();
for (let i = 0; i < sweeps; i++) {
  const seed = `fair-game-${i}`;
  const home = mkdtempSync(join(tmpdir(), 'ergodic-soak-'));
  const base = { parameters, search: 'grid', metric: 'totalReturn', benchmark: 'zero' };
  const plan = { ...base, config: configOf(seed), configOf: async (values) => configOf(seed, values) };
  const sweep = await createSweep(plan, join(home, 'sweep'));
  const { trials, selection, fresh } = await runSweep(sweep, { workers: 2, ledgerDir: home });
  rmSync(home, { recursive: true });
  const alone = trials.filter(({ metric }) => metric.low > 0).length;
  const { metric, pValue } = trials[selection.best - 1];
  if (selection.better.length > 0) declared++;
  const percent = (x) => `${(100 * x).toFixed(2)} %`;
  const found = `${alone} of ${trials.length} look good alone, ${selection.better.length} declared (best p ${pValue.toFixed(3)})`;
  console.log(
    `${seed}: ${found}; the best earned ${percent(metric.value)}, on fresh paths ${percent(fresh.metric.value)}`,
  );
}
const seconds = (performance.now() - startedAt) / 1_000;
console.log(`${declared} of ${sweeps} sweeps declared a rule better, in ${seconds.toFixed(0)} s`);
process.exit(declared >= limitOf(sweeps) ? 1 : 0);
