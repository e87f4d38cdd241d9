import path from 'node:path';
import { isRunLocked, messageOf, readManifest } from '@ergodic/workers';
import { count, percent, table } from '../format.ts';
import { colorsFor, notice, print, printJson } from '../output.ts';
import { runNames, runPath, typed } from '../runs.ts';

interface ListedRun {
  readonly id: string;
  readonly dir: string;
  /** That of the manifest; `interrupted` where it says running and no process does; `damaged` where it cannot be read. */
  readonly status: string;
  readonly createdAt: string | null;
  readonly seed: string | null;
  readonly strategy: string | null;
  readonly episodes: number | null;
  readonly medianReturn: number | null;
  readonly error: string | null;
}

export async function list(options: { readonly json?: boolean }): Promise<number> {
  const runs = runNames()
    .map((name) => describeRun(name))
    .sort((a, b) => compare(b.createdAt ?? '', a.createdAt ?? '') || compare(b.id, a.id));
  if (options.json === true) printJson({ runs });
  else if (runs.length === 0) notice('there are no runs under ./runs; ergodic run makes one');
  else print(`${renderRuns(runs).join('\n')}\n`);
  return 0;
}

function describeRun(name: string): ListedRun {
  const dir = runPath(name);
  try {
    const { config, createdAt, seed, status, summary, error } = readManifest(dir);
    return {
      id: name,
      dir,
      status: status === 'running' && !isRunLocked(dir) ? 'interrupted' : status,
      createdAt,
      seed,
      strategy: path.basename(config.strategy.use),
      episodes: config.episodes,
      medianReturn: summary?.metrics.totalReturn?.q50 ?? null,
      error: error ?? null,
    };
  } catch (error) {
    const unknown = { createdAt: null, seed: null, strategy: null, episodes: null, medianReturn: null };
    return { id: name, dir, status: 'damaged', ...unknown, error: messageOf(error) };
  }
}

function renderRuns(runs: readonly ListedRun[]): string[] {
  const { dim, red } = colorsFor(process.stdout);
  const rows = runs.map(({ id, createdAt, status, episodes, medianReturn, strategy }) => [
    id,
    createdAt === null ? '–' : createdAt.slice(0, 16).replace('T', ' '),
    status,
    episodes === null ? '–' : count(episodes),
    percent(medianReturn),
    strategy ?? '–',
  ]);
  const header = ['id', 'created (UTC)', 'status', 'episodes', 'median return', 'strategy'];
  const [first, ...rest] = table([header, ...rows], [3, 4]);
  const errors = runs.flatMap(({ dir, status, error }) =>
    error === null ? [] : [red(status === 'damaged' ? error : `${typed(dir)}: ${error}`)],
  );
  return [dim(first!), ...rest, ...(errors.length === 0 ? [] : ['', ...errors])];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
