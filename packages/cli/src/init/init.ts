import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configJsonSchema } from '@ergodic/core';
import { UsageError } from '../config/errors.ts';
import { CONFIG_TEMPLATE } from './config.ts';
import { STRATEGY_TEMPLATE } from './strategy.ts';

/**
 * Writes a config, the strategy that it uses and the JSON Schema for the editor into a folder, which is created. Returns
 * the paths, `dir` included. Throws UsageError, before anything is written, if one of the files exists.
 */
export async function writeInit(dir: string): Promise<string[]> {
  const files: readonly (readonly [string, string])[] = [
    [path.join(dir, 'ergodic.yaml'), CONFIG_TEMPLATE],
    [path.join(dir, 'my-strategy.ts'), STRATEGY_TEMPLATE],
    [path.join(dir, 'ergodic.schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
  ];
  for (const [file] of files) {
    if (await stat(file).catch(() => undefined)) throw alreadyThere(file);
  }
  try {
    await mkdir(dir, { recursive: true });
    for (const [file, text] of files) await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, path: at } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && at !== dir) throw alreadyThere(at ?? dir);
    const way = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is a file, name a folder' : 'name another folder';
    throw new UsageError(`${dir}: cannot be written to (${code}); ${way}`);
  }
  return files.map(([file]) => file);
}

function alreadyThere(file: string): UsageError {
  return new UsageError(
    `${file}: exists and is not overwritten; move it away, or name another folder: ergodic init DIR`,
  );
}
