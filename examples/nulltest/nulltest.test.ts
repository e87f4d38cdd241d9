import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NullTest, runNullTest } from '@ergodic/analysis';
import { parseConfig } from '@ergodic/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';

vi.setConfig({ testTimeout: 180_000 });

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const out = mkdtempSync(path.join(tmpdir(), 'ergodic-nulltest-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Files {
  strategy: { use: string };
  markets: Record<string, { file?: string }>;
  execution: Record<string, unknown>;
}

/** The null test of a config in this folder, with few and short episodes. */
function nullTest(
  name: string,
  file: string,
  change: (config: Files & Record<string, unknown>) => void,
): Promise<NullTest> {
  const config = parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Files & Record<string, unknown>;
  config.strategy.use = path.join(FOLDER, config.strategy.use);
  for (const market of Object.values(config.markets)) {
    if (market.file !== undefined) market.file = path.join(FOLDER, market.file);
  }
  change(config);
  return runNullTest(parseConfig(config), { dir: path.join(out, name), episodes: 200, workers: 1 });
}

describe('examples/nulltest', () => {
  it('lead is honest where orders fill at the price that comes', async () => {
    const test = await nullTest('honest', 'ergodic.yaml', (config) => {
      config.steps = 100;
    });
    expect(test).toMatchObject({ verdict: 'no sign of it', mismatches: {} });
    expect(test.martingale.traded).toBe(200);
  });

  it('lead sees ahead where they fill at the price that was', async () => {
    const test = await nullTest('peeking', 'ergodic.yaml', (config) => {
      config.steps = 100;
      config.execution.fill = 'optimistic';
    });
    expect(test.verdict).toBe('sees the future');
    expect(test.martingale.verdict).toBe('sees the future');
    expect(test.shuffled).toMatchObject({ verdict: 'sees the future' });
  });

  it('memory is another strategy when an episode runs again', async () => {
    const test = await nullTest('memory', 'history.yaml', (config) => {
      config.steps = 200;
    });
    expect(test.verdict).toBe('keeps state');
    expect(test.mismatches.own).toContain(0);
  });
});
