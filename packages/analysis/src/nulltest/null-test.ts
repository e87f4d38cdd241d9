import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Config } from '@ergodic/core';
import { isEmptyOrMissing, lockRun, RunError } from '@ergodic/workers';
import { type NullTestManifest, writeNullTest } from './manifest.ts';
import { openOwnMarkets } from './own-markets.ts';
import { type Findings, type NullTest, verdictOf } from './result.ts';
import { rowGroups } from './rows.ts';
import { LEVEL, type NullTestOptions, Tester } from './tester.ts';

/**
 * Runs a config's strategy on markets where nobody can earn anything, and says whether it seems to see the future: on driftless Brownian
 * motion, and on the returns of its own markets without their mean and order. Where the config replays history, the result on it is held
 * against those on the same candles in random order. Episodes that run twice tell whether the strategy keeps state between them.
 *
 * @throws ConfigError, CandleError, RunError (`RUN_DIR_NOT_EMPTY`), NullTestError, and DOMException `AbortError` where the signal ended it
 */
export async function runNullTest(config: Config, options: NullTestOptions): Promise<NullTest> {
  const dir = resolve(options.dir);
  if (!isEmptyOrMissing(dir)) {
    const rule = 'a null test needs an empty or missing directory';
    throw new RunError('RUN_DIR_NOT_EMPTY', `${dir}: ${rule}; choose another --out`);
  }
  mkdirSync(dir, { recursive: true });
  const unlock = lockRun(dir);
  const manifest: NullTestManifest = {
    schema: 1,
    id: basename(dir),
    createdAt: new Date().toISOString(),
    status: 'running',
    seed: config.seed,
    strategy: config.strategy.use,
  };
  try {
    const findings = await find(config, {
      ...options,
      dir,
      onPart: (name, run, ...rest) => {
        if (name === 'own') writeNullTest(dir, manifest);
        options.onPart?.(name, run, ...rest);
      },
    });
    const result: NullTest = { ...manifest, status: 'completed', dir, verdict: verdictOf(findings), ...findings };
    writeNullTest(dir, result);
    return result;
  } finally {
    unlock();
    // Nothing was written where the config is wrong.
    if (readdirSync(dir).length === 0) rmdirSync(dir);
  }
}

async function find(config: Config, options: NullTestOptions): Promise<Findings> {
  const markets = openOwnMarkets(config);
  const groups = rowGroups(markets);
  const tester = new Tester(config, options);
  const own = await tester.onOwnMarkets();
  const { martingale, bounds } = await tester.onMartingale(markets, groups);
  const shuffled = await tester.onShuffled(markets, groups, bounds);
  const order = await tester.ofOrder(markets, own);
  const { fills } = own.episodes;
  const ownFills = fills.reduce((sum, value) => sum + (value || 0), 0) / fills.length;
  const { steps } = markets.paths;
  return { level: LEVEL, bounds, steps, ownFills, martingale, shuffled, order, mismatches: tester.mismatches };
}
