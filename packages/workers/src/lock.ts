import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from './errors.ts';

/** One process at a time works on a run: `run.lock` holds its id. A lock whose process is gone does not count. */
export function lockRun(dir: string): () => void {
  const path = join(dir, 'run.lock');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner !== process.pid && isAlive(owner)) break;
    rmSync(path, { force: true });
  }
  throw new RunError(
    'RUN_LOCKED',
    `${dir}: another process works on this run; wait for it, or remove ${path} if none does`,
  );
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
