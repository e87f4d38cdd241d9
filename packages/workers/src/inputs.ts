import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CandleNotice, type CandleSeries, type Config, ConfigError, isFileUse } from '@ergodic/core';
import { type BuildFailure, build } from 'esbuild';
import { decodeCandles } from './candles/read.ts';
import { messageOf, RunError } from './errors.ts';
import type { BundledPart } from './task.ts';

export interface LoadedCandles {
  readonly symbol: string;
  readonly path: string;
  readonly sha256: string;
  readonly series: CandleSeries;
  readonly notices: readonly CandleNotice[];
}

/** A user's module with everything it imports, as one ES module. */
export interface Bundle {
  readonly role: BundledPart['role'];
  readonly use: string;
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Reads the candles of every market that names a file. Throws CandleError, RunError or ConfigError. */
export function loadCandles(config: Config): LoadedCandles[] {
  const loaded: LoadedCandles[] = [];
  for (const [symbol, market] of Object.entries(config.markets)) {
    if (!('file' in market)) continue;
    let bytes: Buffer;
    try {
      bytes = readFileSync(market.file);
    } catch (error) {
      const rule = `must be a readable CSV file (${messageOf(error)})`;
      throw new ConfigError([{ path: ['markets', symbol, 'file'], rule, received: market.file }]);
    }
    loaded.push({ symbol, path: market.file, ...decodeCandles(bytes, market.file) });
  }
  return loaded;
}

/** Bundles every file that strategy, components, rewards, features and the agent name. Throws RunError `BUNDLE_FAILED` with place and reason. */
export async function bundleParts(config: Config): Promise<Bundle[]> {
  const wanted = new Map<string, Pick<Bundle, 'role' | 'use'>>();
  const want = (role: Bundle['role'], use: string): void => {
    if (isFileUse(use)) wanted.set(`${role} ${use}`, { role, use });
  };
  want('strategy', config.strategy.use);
  for (const { use } of config.components) want('component', use);
  for (const { use } of config.rewards) want('reward', use);
  for (const { use } of config.environment?.observations ?? []) want('feature', use);
  if (config.training !== undefined) want('agent', config.training.agent.use);
  return Promise.all([...wanted.values()].map(({ role, use }) => bundlePart(role, use)));
}

async function bundlePart(role: Bundle['role'], path: string): Promise<Bundle> {
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      alias: { '@ergodic/core': fileURLToPath(import.meta.resolve('@ergodic/core')) },
      // A bundled CommonJS package may call require; an ES module has none of its own.
      banner: {
        js: "import { createRequire as ergodicRequire } from 'node:module'; const require = ergodicRequire(import.meta.url);",
      },
    });
    const text = outputFiles[0]!.text;
    return { role, use: path, path, text, sha256: sha256(text) };
  } catch (error) {
    const failure = (error as Partial<BuildFailure>).errors?.[0];
    if (failure === undefined) throw new RunError('BUNDLE_FAILED', `${path}: ${messageOf(error)}`, { cause: error });
    const { location, text } = failure;
    const place = location === null ? path : `${location.file}:${location.line}:${location.column + 1}`;
    throw new RunError('BUNDLE_FAILED', `${place}: ${text}`, { cause: error });
  }
}

/** File name of a bundle within the run directory. */
export function bundleName({ role, use, sha256: hash }: Pick<Bundle, 'role' | 'use' | 'sha256'>): string {
  const extension = extname(use);
  const stem = `inputs/${role}-${basename(use, extension)}-${hash.slice(0, 12)}`;
  return `${stem}${role === 'trained-agent' ? extension : '.mjs'}`;
}
