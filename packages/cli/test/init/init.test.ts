import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Simulation, type StrategyDefinition } from '@ergodic/core';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { writeInit } from '../../src/init/init.ts';
import { withFolder } from '../config/workspace.ts';

async function importBundled(file: string): Promise<StrategyDefinition> {
  const outfile = `${file}.mjs`;
  await build({ entryPoints: [file], bundle: true, format: 'esm', outfile, logLevel: 'silent' });
  return (await import(/* @vite-ignore */ pathToFileURL(outfile).href)).default;
}

describe('writeInit', () => {
  it('writes a config whose strategy trades', async () => {
    await withFolder({}, async (dir) => {
      const files = await writeInit(path.join(dir, 'new/folder'));
      expect(files).toEqual(
        ['ergodic.yaml', 'my-strategy.ts', 'ergodic.schema.json'].map((name) => path.join(dir, 'new/folder', name)),
      );
      const { config } = await loadConfig({ path: 'new/folder/ergodic.yaml', cwd: dir });
      expect(config).toMatchObject({ episodes: 1000, steps: 1000, strategy: { use: files[1], window: 24 } });
      const strategies = { [config.strategy.use]: await importBundled(files[1]!) };
      const simulation = new Simulation(config, { strategies });
      simulation.begin(0);
      while (simulation.advance() !== 'ended');
      const record = new Float64Array(simulation.fields.length);
      simulation.record(record, 0);
      const field = (name: string): number => record[simulation.fields.indexOf(name)]!;
      expect(field('steps')).toBe(1000);
      expect(field('fills')).toBeGreaterThan(0);
      expect(field('rejects')).toBe(0);
    });
  });

  it('writes the schema that the config points at', async () => {
    await withFolder({}, async (dir) => {
      const [config, , schema] = await writeInit(dir);
      expect((await readFile(config!, 'utf8')).split('\n')[0]).toBe(
        '# yaml-language-server: $schema=./ergodic.schema.json',
      );
      expect(JSON.parse(await readFile(schema!, 'utf8'))).toMatchObject({
        type: 'object',
        additionalProperties: false,
      });
    });
  });

  it('overwrites nothing and then writes nothing', async () => {
    await withFolder({ 'my-strategy.ts': 'mine' }, async (dir) => {
      const file = path.join(dir, 'my-strategy.ts');
      await expect(writeInit(dir)).rejects.toThrow(
        `${file}: exists and is not overwritten; move it away, or name another folder: ergodic init DIR`,
      );
      expect(await readFile(file, 'utf8')).toBe('mine');
      await expect(readFile(path.join(dir, 'ergodic.yaml'))).rejects.toThrow('ENOENT');
    });
  });

  it('says that a file is no folder', async () => {
    await withFolder({}, async (dir) => {
      const file = path.join(dir, 'taken');
      await writeFile(file, '');
      await expect(writeInit(file)).rejects.toThrow(
        `${file}: cannot be written to (EEXIST); it is a file, name a folder`,
      );
      await expect(writeInit(path.join(file, 'below'))).rejects.toThrow('(ENOTDIR); it is a file, name a folder');
    });
  });
});
