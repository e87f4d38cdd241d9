import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareRuns, type MetricComparison, StoredRun } from '@ergodic/analysis';
import { runEnsemble } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const MAIN = path.join(HERE, '../../packages/cli/dist/main.js');
const home = mkdtempSync(path.join(tmpdir(), 'ergodic-compare-example-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function run(name: string, config: string, changes: object = {}): Promise<string> {
  const dir = path.join(home, 'runs', name);
  await runEnsemble({ ...parse(readFileSync(path.join(HERE, config), 'utf8')), ...changes }, { dir });
  return dir;
}

async function totalReturn(dirs: readonly string[], isUnpaired: boolean): Promise<MetricComparison> {
  const runs = await Promise.all(dirs.map((dir) => StoredRun.open(dir)));
  try {
    return (await compareRuns(runs, { isUnpaired })).candidates[0]!.metrics[0]!;
  } finally {
    for (const one of runs) one.close();
  }
}

function width({ mean: { difference } }: MetricComparison): number {
  return difference.high - difference.low;
}

describe('examples/compare', () => {
  let slow50 = '';
  let slow60 = '';
  let elsewhere = '';
  beforeAll(async () => {
    slow50 = await run('slow-50', 'slow-50.yaml');
    slow60 = await run('slow-60', 'slow-60.yaml');
    elsewhere = await run('other', 'slow-60.yaml', { seed: 'other' });
  }, 180_000);

  it('decides on common random numbers, and says that independent runs need more than ten times as many episodes', async () => {
    const paired = await totalReturn([slow50, slow60], false);
    expect(paired.verdict).toBe('better');
    expect(paired.varianceRatio.low).toBeGreaterThan(10);
  });

  it('does so in truth: the interval of as many independent episodes is wider by more than the root of ten', async () => {
    const paired = await totalReturn([slow50, slow60], false);
    const independent = await totalReturn([slow50, elsewhere], true);
    expect(independent.n).toEqual(paired.n);
    // An interval narrows with the root of the episodes. The ratio is 17; its relative standard error is near √(8 ÷ 2000) = 6 %.
    const ratio = (width(independent) / width(paired)) ** 2;
    expect(ratio).toBeGreaterThan(10);
    // The two ways to know it agree.
    expect(ratio / paired.varianceRatio.value).toBeGreaterThan(0.75);
    expect(ratio / paired.varianceRatio.value).toBeLessThan(1.33);
  });

  it('is what the documentation shows', async () => {
    const page = readFileSync(path.join(HERE, '../../docs/compare.md'), 'utf8');
    const ergodic = (...args: string[]): string => {
      const { stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: home, encoding: 'utf8' });
      return (stdout + stderr).trim();
    };
    expect(page).toContain(`\n${ergodic('compare', 'runs/slow-50', 'runs/slow-60')}\n`);
    expect(page).toContain(`\n${ergodic('compare', 'runs/slow-50', 'runs/other')}\n`);
  });
});
