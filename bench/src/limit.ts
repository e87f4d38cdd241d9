import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The flags of the limit: plain -O3 for any machine of the architecture; c11 keeps the compiler from fusing operations. */
export const C_FLAGS: readonly string[] = ['-O3', '-std=c11', '-Wall', '-Wextra', '-pedantic'];
const COMPILER = process.env.CC ?? 'gcc';
const SOURCES = fileURLToPath(new URL('../c/', import.meta.url));

/** What a C program reports: time of all episodes, and the first records. */
export interface LimitRun {
  readonly seconds: number;
  readonly rows: number;
  readonly records: readonly (readonly number[])[];
}

/** First line of the compiler's version, or the reason why there is none. */
export function compilerVersion(): { version: string } | { missing: string } {
  const { error, status, stdout } = spawnSync(COMPILER, ['--version'], { encoding: 'utf8' });
  if (error !== undefined || status !== 0) {
    return { missing: `${COMPILER} --version: ${error?.message ?? `exit ${status}`}; install gcc or set CC` };
  }
  return { version: stdout.split('\n')[0]! };
}

/** Compiles `bench/c/<name>.c` into `directory`; returns the program's path. Throws where the compiler complains. */
export function compileLimit(name: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  const program = join(directory, name);
  execFileSync(COMPILER, [...C_FLAGS, join(SOURCES, `${name}.c`), '-o', program, '-lm'], { stdio: 'inherit' });
  return program;
}

/** Runs a program on `keys` (see `keysOf`) and asks for the first `records` records. */
export function runLimit(program: string, keys: string, records: number): LimitRun {
  const output = execFileSync(program, [String(records)], { input: keys, encoding: 'utf8', maxBuffer: 1 << 26 });
  const [head, ...lines] = output.trimEnd().split('\n');
  const found = /^seconds (\S+) rows (\d+)$/.exec(head!);
  if (found === null) throw new Error(`${program} must start with 'seconds S rows R', got ${JSON.stringify(head)}`);
  return {
    seconds: Number(found[1]),
    rows: Number(found[2]),
    // printf writes nan or -nan, which Number also takes for NaN.
    records: lines.map((line) => line.split(' ').map(Number)),
  };
}
