import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { writePage } from '../../pictures/write-page.ts';
import { loadComparison } from './load.ts';

const LONGEST_NAME = 100;

/**
 * Writes `compare-<ids>.html` into the directory of the first of several completed runs and resolves with its path: the others held against
 * the first, on one page that loads nothing.
 *
 * @throws MarketsDifferError where the runs do not share their paths
 * @throws RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`, or `RUN_UNFINISHED` where a run has no summary yet
 */
export async function writeComparison(runDirs: readonly string[]): Promise<string> {
  const dirs = runDirs.map((dir) => resolve(dir));
  const loaded = await loadComparison(dirs);
  // What draws comes into memory when the episodes have left it.
  const { renderComparisonPage } = await import('./page.ts');
  const page = renderComparisonPage(loaded);
  const path = join(dirs[0]!, fileName(dirs.slice(1)));
  await writePage(path, page);
  return path;
}

/** Of the names of the runs; of many or long ones their number and a hash. */
function fileName(dirs: readonly string[]): string {
  const names = dirs.map((dir) => basename(dir).replaceAll(/[^\w.-]/g, '_')).join('-');
  const hash = createHash('sha256').update(names).digest('hex').slice(0, 8);
  return `compare-${names.length > LONGEST_NAME ? `${dirs.length}-runs-${hash}` : names}.html`;
}
