import { join } from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { configWith, folderWith, strategyText } from './support.ts';

const BODY = "context.signal(market.step % 10 < 5 ? 'LONG' : 'FLAT');";
const TYPED = `import { defineStrategy, type MarketEvent, type StrategyContext } from '@ergodic/core';
import { isLong } from './rule';
export default defineStrategy({
  name: 'typed',
  parameters: { period: { type: 'integer', minimum: 2, default: 10, description: 'Steps.' } },
  create: ({ period }) => ({
    onMarket(market: MarketEvent, context: StrategyContext): void {
      context.signal(isLong(market.step, period) ? 'LONG' : 'FLAT');
    },
  }),
});
`;
const RULE = 'export const isLong = (step: number, period: number): boolean => step % period < period / 2;\n';

describe("a user's strategy", () => {
  it('runs in the workers from .ts, .mts, .mjs and .js, with files and packages that it imports', async () => {
    const dir = folderWith({
      'own.ts': TYPED,
      'own.mts': TYPED,
      'rule.ts': RULE,
      'own.mjs': strategyText(BODY),
      // The folder has no package.json that says so: an ES module all the same.
      'own.js': strategyText(
        BODY.replace('market.step % 10 < 5', 'isLong(market.step)'),
        "import { isLong } from 'period';",
      ),
      'node_modules/period/package.json': '{ "name": "period", "version": "1.0.0", "main": "index.cjs" }',
      'node_modules/period/index.cjs':
        "const { inspect } = require('node:util'); inspect(1); exports.isLong = (step) => step % 10 < 5;",
    });
    const digests = new Set<string>();
    for (const name of ['own.ts', 'own.mts', 'own.mjs', 'own.js']) {
      const summary = await runEnsemble(configWith({ strategy: { use: join(dir, name) } }), {
        dir: join(dir, `run-${name}`),
        workers: 2,
      });
      expect(summary).toMatchObject({ episodes: { completed: 60 }, reproducible: true });
      digests.add(summary.digest);
    }
    expect(digests.size).toBe(1);
  }, 30_000);

  it.each([
    ['throws while it loads', 'throw new Error("no licence");', /no licence/],
    ['throws null while it loads', 'throw null;', /threw null/],
    ['ends the process while it loads', 'process.exit(3);', /must not end the process/],
    ['exports nothing', '', /must export a definition as its default/],
    ['exports a function', 'export default () => ({});', /must export a definition/],
    ['has no create', "export default { name: 'x', parameters: {} };", /needs a function create/],
    ['is not JavaScript', 'export default {', /own\.mjs:1/],
    ['imports what is not there', "import 'nowhere';\nexport default 1;", /nowhere/],
    ['fails later while it loads', 'await Promise.reject(new Error("late"));', /late/],
  ])('is refused where it %s', async (_, text, message) => {
    const dir = folderWith({ 'own.mjs': text });
    const run = runEnsemble(configWith({ strategy: { use: join(dir, 'own.mjs') } }), { dir: join(dir, 'run') });
    await expect(run).rejects.toThrow(message);
    const { existsSync } = await import('node:fs');
    expect(existsSync(join(dir, 'run'))).toBe(false);
  });

  it('is refused where it loops while it loads', async () => {
    const dir = folderWith({ 'own.mjs': 'while (true);' });
    const run = runEnsemble(configWith({ strategy: { use: join(dir, 'own.mjs') } }), { dir: join(dir, 'run') });
    await expect(run).rejects.toMatchObject({ code: 'STRATEGY_INVALID', message: expect.stringContaining('loop') });
  }, 30_000);
});
