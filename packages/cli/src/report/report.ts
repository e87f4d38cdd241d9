import { rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readManifest } from '@ergodic/workers';
import { loadReport } from './data/load.ts';
import { renderPage } from './page.ts';

/**
 * Writes `report.html` into the directory of a completed run and resolves with its path. The page is one file that loads
 * nothing.
 *
 * @throws RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`, or `RUN_UNFINISHED` where the run has no summary yet
 */
export async function writeReport(runDir: string): Promise<string> {
  const dir = resolve(runDir);
  const page = renderPage(await loadReport(dir, readManifest(dir)));
  const path = join(dir, 'report.html');
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, page);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return path;
}
