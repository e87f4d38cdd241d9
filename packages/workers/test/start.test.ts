import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configWith, folderWith } from './support.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

function modulesAbove(dir: string): string {
  for (let at = dir; ; at = join(at, '..'))
    if (existsSync(join(at, 'node_modules', 'piscina'))) return join(at, 'node_modules');
}

/** A copy of the built package whose worker entry is this text, or is not there. */
async function copyWithWorker(text: string | null): Promise<{ api: typeof import('@ergodic/workers'); dir: string }> {
  const dir = folderWith();
  cpSync(join(PACKAGE, 'dist'), join(dir, 'dist'), { recursive: true, filter: (name) => !name.endsWith('.map') });
  // Without the source maps, which the copy does not have.
  for (const name of readdirSync(join(dir, 'dist'), { recursive: true, encoding: 'utf8' })) {
    const file = join(dir, 'dist', name);
    if (name.endsWith('.js'))
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*/m, ''));
  }
  cpSync(join(PACKAGE, 'package.json'), join(dir, 'package.json'));
  symlinkSync(modulesAbove(PACKAGE), join(dir, 'node_modules'));
  if (text === null) rmSync(join(dir, 'dist/worker.js'));
  else writeFileSync(join(dir, 'dist/worker.js'), text);
  return { api: await import(pathToFileURL(join(dir, 'dist/index.js')).href), dir };
}

describe('a worker that cannot start', () => {
  it.each([
    ['is missing', null],
    ['throws while it loads', "throw new Error('broken installation');"],
    ['exits while it loads', 'process.exit(1);'],
    ['exports nothing to run', 'export const nothing = 0;'],
  ])(
    'because its file %s ends the run with WORKER_START_FAILED, and in time',
    async (_, text) => {
      const { api, dir } = await copyWithWorker(text);
      const startedAt = performance.now();
      const run = api.runEnsemble(configWith(), { dir: join(dir, 'run'), workers: 2 });
      await expect(run).rejects.toMatchObject({ code: 'WORKER_START_FAILED' });
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      expect(api.readManifest(join(dir, 'run')).status).toBe('failed');
      expect(readdirSync(join(dir, 'run'))).not.toContain('run.lock');
    },
    30_000,
  );
});
