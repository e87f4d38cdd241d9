import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { suggest } from '@ergodic/core';
import { UsageError } from './errors.ts';
import { importConfig } from './module.ts';
import type { ConfigSource } from './source.ts';
import { parseYamlConfig } from './yaml.ts';

export const DEFAULT_NAMES = ['ergodic.yaml', 'ergodic.yml', 'ergodic.json', 'ergodic.ts'];
const DATA_EXTENSIONS = ['.yaml', '.yml', '.json'];
const MODULE_EXTENSIONS = ['.ts', '.mts', '.mjs', '.js'];
const MAX_BYTES = 16 * 2 ** 20;

/**
 * Reads a config. Without a path it is the first of ergodic.yaml, .yml, .json and .ts in `cwd`. A file without extension
 * is YAML. Throws UsageError, with file, line and column where the file has them.
 */
export async function loadConfigFile(given: string | undefined, cwd: string): Promise<ConfigSource> {
  const name = given ?? (await findDefault(cwd));
  const file = path.resolve(cwd, name);
  const extension = path.extname(file).toLowerCase();
  const bytes = await read(file, name);
  if (MODULE_EXTENSIONS.includes(extension)) {
    return { file, name, input: await importConfig(file, name), locate: () => undefined };
  }
  if (extension !== '' && !DATA_EXTENSIONS.includes(extension)) {
    const known = [...DATA_EXTENSIONS, ...MODULE_EXTENSIONS].join(', ');
    throw new UsageError(`${name}: a config must end in one of ${known}, got ${extension}`);
  }
  return { file, name, ...parseYamlConfig(decode(bytes, name), name) };
}

async function findDefault(cwd: string): Promise<string> {
  for (const name of DEFAULT_NAMES) {
    const found = await stat(path.join(cwd, name)).catch(() => undefined);
    if (found !== undefined && !found.isDirectory()) return name;
  }
  throw new UsageError(
    `there is no config: looked for ${DEFAULT_NAMES.join(', ')} in ${cwd}; ` +
      'write one with ergodic init, or name a file: ergodic run FILE',
  );
}

async function read(file: string, name: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw new UsageError(`${name}: a config must have at most 16 MiB, got ${size} bytes`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UsageError(`${name}: there is no such file${await hintForMissing(file, name)}`);
    }
    if (code === 'EISDIR')
      throw new UsageError(`${name}: must be a file, is a folder${await hintForFolder(file, name)}`);
    throw new UsageError(`${name}: cannot be read (${code}); check its permissions`);
  }
}

async function hintForMissing(file: string, name: string): Promise<string> {
  const names = (await readdir(path.dirname(file)).catch((): string[] => [])).filter((other) =>
    [...DATA_EXTENSIONS, ...MODULE_EXTENSIONS].includes(path.extname(other)),
  );
  const meant = suggest(path.basename(file), names);
  return meant === undefined ? '; ergodic init writes one' : `; did you mean ${path.join(path.dirname(name), meant)}?`;
}

async function hintForFolder(file: string, name: string): Promise<string> {
  const entries = await readdir(file).catch((): string[] => []);
  const inside = DEFAULT_NAMES.find((candidate) => entries.includes(candidate));
  return inside === undefined ? '; name the config in it' : `; did you mean ${path.join(name, inside)}?`;
}

/** UTF-8 with or without a byte order mark. */
function decode(bytes: Uint8Array, name: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Told below.
  }
  throw new UsageError(`${name}: must be text in UTF-8, got other bytes; save it as UTF-8, or name another file`);
}
