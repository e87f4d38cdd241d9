import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig, Simulation } from '@ergodic/core';
import { afterAll, describe, expect, test, vi } from 'vitest';
// Built: it starts processes with the files beside it.
import { pairsOf } from '../../dist/gate/pair.js';
import { coreOf, mergeBase, ROOT, shortName, withBuildOf } from '../../src/gate/builds.ts';
import { runSlice } from '../../src/gate/engine.ts';
import { copyEngine, plantWork } from '../../src/gate/plant.ts';
import { workloads } from '../../src/gate/workloads.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-gate-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
vi.setConfig({ testTimeout: 180_000 });

const hasHistory = existsSync(path.join(ROOT, '.git'));
const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

describe.each(workloads)('the workload $name', ({ config, parts }) => {
  test('runs whole episodes that trade', () => {
    const simulation = new Simulation(parseConfig(config), parts);
    const { steps, fills } = runSlice(simulation, { from: 0, count: 2 });
    expect(steps).toBe(20_000);
    expect(fills).toBeGreaterThan(200);
  });
});

describe('a pair of processes', () => {
  const plain = (): string => copyEngine(path.join(folder, 'plain'));

  test('does the same work on both builds and gives the ratio of their times', async () => {
    const core = plain();
    // Some three times the engine's own work: no noise hides that.
    const slow = plantWork(path.join(folder, 'slow'), 240);
    const measured = await pairsOf({ base: core, head: slow })('reference', 0);
    expect(measured.isSameWork).toBe(true);
    expect(measured.logRatio).toBeGreaterThan(Math.log(1.4));
    const reversed = await pairsOf({ base: slow, head: core })('reference', 1);
    expect(reversed.logRatio).toBeLessThan(-Math.log(1.4));
  });

  test('ends with an error where a build cannot be loaded', async () => {
    const missing = path.join(folder, 'missing/index.js');
    await expect(pairsOf({ base: missing, head: missing })('reference', 0)).rejects.toThrow(
      /^reference does not run on .*missing.index.js: Cannot find module .*; a workload must run on both builds/,
    );
  });
});

describe.skipIf(!hasHistory)('the build of a commit', () => {
  test('is an engine of its own, in a checkout that is gone afterwards', async () => {
    const commit = mergeBase('HEAD');
    expect(commit).toBe(git('rev-parse', 'HEAD'));
    expect(commit.startsWith(shortName(commit))).toBe(true);
    let seen = '';
    await withBuildOf(commit, async (core) => {
      seen = core;
      expect(core).not.toBe(coreOf(ROOT));
      const engine = (await import(core)) as { Simulation: typeof Simulation };
      expect(engine.Simulation).not.toBe(Simulation);
      expect(new engine.Simulation(parseConfig(workloads[0]!.config)).fields).toContain('steps');
    });
    expect(existsSync(path.dirname(seen))).toBe(false);
    expect(git('worktree', 'list')).not.toContain(path.dirname(seen).split('/packages/')[0]);
    expect(existsSync(path.join(ROOT, 'node_modules/typescript'))).toBe(true);
  });

  test('a base that git does not know is an error with a way out', () => {
    expect(() => mergeBase('no-such-branch')).toThrow(
      /^--base no-such-branch: git finds no common commit with HEAD, .*; name a branch or commit that this clone has/,
    );
  });
});
