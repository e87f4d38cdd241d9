import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from './errors.ts';

/** Locks that this process holds: its own id in a lock may also be left from a process that had the same. */
const held = new Set<string>();

/** One run of one process at a time works on a directory: `run.lock` holds its id. A lock whose process is gone does not count. */
export function lockRun(dir: string): () => void {
  const path = join(dir, 'run.lock');
  const unlock = tryLock(path);
  if (unlock !== null) return unlock;
  throw new RunError(
    'RUN_LOCKED',
    `${dir}: it is being worked on already; wait for the end, or remove ${path} if no process does`,
  );
}

/** Makes a lock file with this process's id; null where a living process has it. Gives what removes it. */
export function tryLock(path: string): (() => void) | null {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      held.add(path);
      return () => {
        held.delete(path);
        rmSync(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(path);
    if (owner === process.pid ? held.has(path) : isAlive(owner)) break;
    rmSync(path, { force: true });
  }
  return null;
}

/** NaN where the lock was removed meanwhile. */
function ownerOf(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return Number.NaN;
  }
}

/** Whether a process works on this run now; a manifest that says `running` without one was killed. */
export function isRunLocked(dir: string): boolean {
  try {
    return isAlive(Number(readFileSync(join(dir, 'run.lock'), 'utf8')));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
