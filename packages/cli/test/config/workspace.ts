import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LoadConfigOptions, loadConfig } from '../../src/config/index.ts';

/** A folder of its own with these files; a name that ends in / is a folder. */
export async function withFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ergodic-test-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(dir, name);
      await mkdir(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
      if (!name.endsWith('/')) await writeFile(file, content);
    }
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The message of the error that loading gives, the folder written as DIR. */
export function messageOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Omit<LoadConfigOptions, 'cwd'> = {},
): Promise<string> {
  return withFolder(files, async (dir) => {
    const { message, exitCode } = await loadConfig({ ...options, cwd: dir }).then(
      () => ({ message: 'no error', exitCode: 2 }),
      (error: { message: string; exitCode?: number }) => error,
    );
    if (exitCode !== 2) throw new Error(`no UsageError: ${message}`);
    return message.replaceAll(dir, 'DIR');
  });
}

/** Eight lines, to be broken one at a time. */
export const GOOD = `seed: 1
episodes: 10
steps: 20
markets:
  BTC/USDT: { process: gbm, price: 30000, volatility: 0.7 }
strategy: { use: sma-cross }
portfolio: { sizing: { targetWeight: 0.95 } }
rewards: [{ use: log-return }]
`;

/** The good config with one text replaced. */
export function broken(from: string, to: string): Record<string, string> {
  if (!GOOD.includes(from)) throw new Error(`the good config has no ${from}`);
  return { 'ergodic.yaml': GOOD.replace(from, to) };
}
