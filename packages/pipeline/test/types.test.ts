import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

it('types of events and results follow from the handlers, through pipelines', () => {
  const dir = mkdtempSync(join(tmpdir(), 'ergodic-pipeline-'));
  const compilerOptions = {
    noEmit: true,
    composite: false,
    incremental: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  };
  const files = [fileURLToPath(new URL('./types-sample.ts', import.meta.url))];
  const config = join(dir, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, files }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  rmSync(dir, { recursive: true });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
