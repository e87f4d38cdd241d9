import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built command: `npm test` builds it first. */
export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Resolves when standard error has this text. */
  said(text: string): Promise<void>;
}

export function start(cwd: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const listeners = new Set<() => void>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const outcome = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    outcome,
    said: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (stderr.includes(text)) resolve();
        };
        listeners.add(check);
        check();
        void outcome.then(() => reject(new Error(`ended without saying ${text}: ${stderr}`)));
      }),
  };
}

export function ergodic(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  return start(cwd, ...args).outcome;
}

/** Runs `use` with each item, two at a time: the tests have few processors. */
export async function eachOf<T>(items: readonly T[], use: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await use(item);
  };
  await Promise.all([lane(), lane()]);
}

const folders: string[] = [];

/** A new folder with these files; `removeFolders` removes it. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'ergodic-cli-'));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
  return dir;
}

export function removeFolders(): void {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** Forty short episodes: a run takes a second, most of it for starting. */
export const CONFIG = `seed: 7
episodes: 40
steps: 100
markets:
  BTC/USDT: { process: gbm, price: 30000, volatility: 0.9 }
strategy: { use: sma-cross, fast: 3, slow: 8 }
execution: { fees: { taker: 0.001 } }
record: { episodes: 20 }
`;
