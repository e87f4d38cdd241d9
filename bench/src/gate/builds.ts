import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GateError } from './error.ts';

/** Of this checkout. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CORE = 'packages/core';
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

/** `index.js` of the engine in a checkout. */
export function coreOf(root: string): string {
  return path.join(root, CORE, 'dist/index.js');
}

/** The commit at which this checkout left `ref`, which the working tree is compared with. */
export function mergeBase(ref: string): string {
  try {
    return git('merge-base', 'HEAD', ref);
  } catch (error) {
    const wayOut = `name a branch or commit that this clone has, for example --base origin/main (a shallow clone lacks it: fetch-depth 0)`;
    throw new GateError(`--base ${ref}: git finds no common commit with HEAD, ${lastLine(error)}; ${wayOut}`);
  }
}

/** Short name of HEAD, with + where files differ from it. */
export function describeHead(): string {
  const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
  return `${shortName('HEAD')}${isChanged ? '+' : ''}`;
}

export function shortName(commit: string): string {
  return git('rev-parse', '--short', commit);
}

/**
 * Checks a commit out into a folder of its own, with the dependencies of this checkout, and builds its engine with this checkout's
 * compiler. Gives its `index.js` to `use`; the folder is gone afterwards.
 */
export async function withBuildOf<T>(commit: string, use: (core: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-gate-'));
  const root = path.join(folder, 'base');
  const modules = path.join(root, 'node_modules');
  const remove = (): void => {
    // First the link: what it leads to is not ours to remove.
    rmSync(modules, { force: true });
    if (existsSync(root)) git('worktree', 'remove', '--force', root);
    rmSync(folder, { recursive: true, force: true });
  };
  const leave = (): never => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    git('worktree', 'add', '--detach', '--quiet', root, commit);
    if (!existsSync(path.join(root, CORE)))
      throw new GateError(`${commit} has no ${CORE}: there is nothing to compare with`);
    symlinkSync(path.join(ROOT, 'node_modules'), modules);
    buildCore(root);
    return await use(coreOf(root));
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    remove();
  }
}

function buildCore(root: string): void {
  try {
    execFileSync(process.execPath, [TSC, '-b', CORE], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    throw new GateError(
      `the engine of the base does not build:\n${stdout.trim()}\nit needs the dependencies of this checkout: npm ci`,
    );
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function lastLine(error: unknown): string {
  const { stderr = '' } = error as { stderr?: string };
  return stderr.trim().split('\n').at(-1) || 'which have none';
}
