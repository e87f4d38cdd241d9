import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Message } from 'esbuild';
import { UsageError } from './errors.ts';

/**
 * Runs a config that is a module and returns the object that it exports as default, or that its default function
 * returns. It is bundled first, so that TypeScript and imports work on every Node, in any folder.
 */
export async function importConfig(file: string, name: string): Promise<Record<string, unknown>> {
  const code = await bundle(file, name);
  const folder = await mkdtemp(path.join(tmpdir(), 'ergodic-config-'));
  try {
    const bundled = path.join(folder, 'config.mjs');
    await writeFile(bundled, code);
    return await evaluate(pathToFileURL(bundled).href, name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function evaluate(url: string, name: string): Promise<Record<string, unknown>> {
  let exported: unknown;
  try {
    const module: { default?: unknown } = await import(/* @vite-ignore */ url);
    exported = typeof module.default === 'function' ? await module.default() : module.default;
  } catch (error) {
    throw new UsageError(`${name}: the config throws ${describe(error)}`);
  }
  if (exported === undefined) throw new UsageError(`${name}: must export the config: export default { … }`);
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) {
    const got = Array.isArray(exported) ? 'a list' : exported === null ? 'null' : `a ${typeof exported}`;
    throw new UsageError(`${name}: the default export must be an object, or a function that returns one, got ${got}`);
  }
  return exported as Record<string, unknown>;
}

async function bundle(file: string, name: string): Promise<string> {
  try {
    const result = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
      // A config need not stand in a folder that has ergodic installed.
      alias: { '@ergodic/core': createRequire(import.meta.url).resolve('@ergodic/core') },
      define: {
        'import.meta.url': JSON.stringify(pathToFileURL(file).href),
        'import.meta.dirname': JSON.stringify(path.dirname(file)),
        'import.meta.filename': JSON.stringify(file),
      },
    });
    return result.outputFiles[0]!.text;
  } catch (error) {
    const messages = (error as { errors?: readonly Message[] }).errors ?? [];
    if (messages.length === 0) throw new UsageError(`${name}: cannot be bundled: ${describe(error)}`);
    throw new UsageError(messages.map((message) => describeMessage(message, file, name)).join('\n'));
  }
}

function describeMessage({ text, location }: Message, file: string, name: string): string {
  if (location === null) return `${name}: ${text}`;
  const at = path.resolve(location.file) === file ? name : location.file;
  return `${at}:${location.line}:${location.column + 1}: ${text}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
}
