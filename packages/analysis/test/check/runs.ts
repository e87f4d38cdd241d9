import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoredRun } from '@ergodic/analysis';
import { type RunOptions, runEnsemble } from '@ergodic/workers';
import { afterAll } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'ergodic-check-'));
const open: StoredRun[] = [];
let number = 0;

afterAll(() => {
  for (const run of open) run.close();
  rmSync(home, { recursive: true, force: true });
});

/** A path in the folder of the tests of a file. */
export function pathOf(name: string): string {
  return join(home, name);
}

/** A strategy file whose `onMarket` runs this; buys at the first step. */
export function strategyFile(name: string, body: string): string {
  const file = pathOf(`${name}.mjs`);
  writeFileSync(
    file,
    `export default { name: '${name}', parameters: {}, create: () => ({ onMarket(market, context) { ${body} } }) };`,
  );
  return file;
}

/** A small ensemble; each field can be replaced. */
export function configWith(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    seed: 'check',
    episodes: 400,
    steps: 50,
    markets: { A: { process: 'gbm', price: 100, drift: 0.3, volatility: 0.8 } },
    strategy: { use: 'sma-cross', fast: 3, slow: 8 },
    execution: { fees: { taker: 0.001 } },
    record: { episodes: 0 },
    ...changes,
  };
}

/** Runs it and opens what was stored. */
export async function stored(config: Readonly<Record<string, unknown>>, options: RunOptions = {}): Promise<StoredRun> {
  number++;
  const dir = pathOf(`run-${number}`);
  await runEnsemble(config, { dir, workers: 2, ...options });
  const run = await StoredRun.open(dir);
  open.push(run);
  return run;
}
