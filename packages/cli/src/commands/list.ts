import path from 'node:path';
import { isNullTest, isSweep, readNullTest, readSweep } from '@ergodic/analysis';
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

const UNKNOWN = { createdAt: null, seed: null, strategy: null, episodes: null, medianReturn: null };

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
  const read = isSweep(dir) ? describeSweep : isNullTest(dir) ? describeNullTest : describeEnsemble;
  try {
    const found = read(dir);
    const status = found.status === 'running' && !isRunLocked(dir) ? 'interrupted' : found.status;
    return { ...UNKNOWN, error: null, ...found, id: name, dir, status };
  } catch (error) {
    return { id: name, dir, status: 'damaged', ...UNKNOWN, error: messageOf(error) };
  }
}

/** What the manifest in a directory says. */
type Described = Pick<ListedRun, 'status'> & Partial<ListedRun>;

function describeEnsemble(dir: string): Described {
  const { config, createdAt, seed, status, summary, error = null } = readManifest(dir);
  const strategy = path.basename(config.strategy.use);
  const medianReturn = summary?.metrics.totalReturn?.q50 ?? null;
  return { status, createdAt, seed, strategy, episodes: config.episodes, medianReturn, error };
}

function describeSweep(dir: string): Described {
  const { config, createdAt, seed, status, candidates, error = null } = readSweep(dir);
  const strategy = `${path.basename(config.strategy.use)}, sweep of ${count(candidates.length)}`;
  return { status, createdAt, seed, strategy, episodes: config.episodes, error };
}

function describeNullTest(dir: string): Described {
  const { createdAt, seed, status, strategy } = readNullTest(dir);
  return { status, createdAt, seed, strategy: `${path.basename(strategy)}, null test` };
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
