import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type GateResult, measure } from './gate/measure.ts';
import { type Builds, pairsOf } from './gate/pair.ts';
import { copyEngine, plantSlowdown } from './gate/plant.ts';

// npm run bench:gate-trial -- [--planted 10] [--level 20] [--slowdown 0.1]: how often the gate finds a slowdown that is there, and
// how often one that is not: an engine against a slowed copy of itself, and against itself. Prints one JSON document.
const options = {
  planted: { type: 'string', default: '10' },
  level: { type: 'string', default: '20' },
  slowdown: { type: 'string', default: '0.1' },
} as const;
const { values } = parseArgs({ options });
const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-gate-trial-'));
try {
  const plain = copyEngine(path.join(folder, 'plain'));
  note('calibrating the slowdown …');
  const slowed = plantSlowdown(path.join(folder, 'slowed'), Number(values.slowdown));
  const planted = await tries('planted', Number(values.planted), { base: plain, head: slowed });
  const level = await tries('level', Number(values.level), { base: plain, head: plain });
  process.stdout.write(`${JSON.stringify({ slowdown: Number(values.slowdown), planted, level }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** How a number of runs of the gate came out. */
async function tries(name: string, count: number, builds: Builds): Promise<object> {
  const results: GateResult[] = [];
  const having = (verdict: GateResult['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length;
  for (let i = 0; i < count; i++) {
    results.push(await measure(pairsOf(builds)));
    const ratios = results
      .at(-1)!
      .workloads.map(({ ratio, logRatios }) => `${ratio.estimate.toFixed(3)} (${logRatios.length})`);
    note(`${name} ${i + 1}: ${results.at(-1)!.verdict} ${ratios.join(', ')}, ${results.at(-1)!.seconds.toFixed(0)} s`);
  }
  const counts = { slower: having('slower'), undecided: having('undecided'), level: having('level') };
  const seconds = results.map((result) => Math.round(result.seconds));
  const ratios = results.map(({ workloads }) =>
    Object.fromEntries(workloads.map((workload) => [workload.name, workload.logRatios.map(Math.exp)])),
  );
  return { tries: count, ...counts, seconds, ratios };
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
