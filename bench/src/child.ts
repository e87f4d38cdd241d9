import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a file beside this one in a fresh Node process and returns the JSON it prints. */
export function runChild<T>(file: string, args: readonly (string | number)[]): T {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const output = execFileSync(process.execPath, [path, ...args.map(String)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as T;
}
