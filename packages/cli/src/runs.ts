import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './config/errors.ts';
import { quoteWord } from './format.ts';

const RUNS = 'runs';
const MANIFEST = 'run.json';
const SWEEP = 'sweep.json';
const NULL_TEST = 'nulltest.json';
const SHOWN = 3;

/** Names of the folders under `./runs`, whether or not they hold a run. */
export function runNames(cwd: string = process.cwd()): string[] {
  const dir = path.join(cwd, RUNS);
  if (!existsSync(dir)) return [];
  return readdirSync(dir).filter((name) => statSync(path.join(dir, name), { throwIfNoEntry: false })?.isDirectory());
}

export function runPath(name: string, cwd: string = process.cwd()): string {
  return path.join(cwd, RUNS, name);
}

/** The directory that RUN means: a directory with a run in it, else an id under `./runs`. Throws UsageError. */
export async function resolveRun(given: string, cwd: string = process.cwd()): Promise<string> {
  const candidates = [path.resolve(cwd, given), path.resolve(cwd, RUNS, given)];
  const found = candidates.find((dir) => existsSync(path.join(dir, MANIFEST)));
  if (found !== undefined) return found;
  const sweep = candidates.find((dir) => existsSync(path.join(dir, SWEEP)));
  if (sweep !== undefined) {
    const wayOut = `ergodic sweep --resume ${typed(sweep, cwd)} prints its result, with the command that runs a trial of it`;
    throw new UsageError(`${given}: is a sweep of many rules, not a run; ${wayOut}`);
  }
  const test = candidates.find((dir) => existsSync(path.join(dir, NULL_TEST)));
  if (test !== undefined) {
    throw new UsageError(
      `${given}: is a null test of several runs, not a run; one of them is ${typed(path.join(test, 'martingale'), cwd)}`,
    );
  }
  const isFolder = existsSync(candidates[0]!);
  const what = isFolder ? `has no ${MANIFEST}, so it is not the directory of a run` : 'there is no such run';
  throw new UsageError(`${given}: ${what}, neither here nor under ${RUNS}/${await hint(given, cwd)}`);
}

async function hint(given: string, cwd: string): Promise<string> {
  const names = runNames(cwd).sort().reverse();
  if (names.length === 0) return '; ergodic run makes one';
  const { suggest } = await import('@ergodic/core');
  const word = path.basename(given);
  const beginning = names.filter((name) => name.startsWith(word)).slice(0, SHOWN);
  const likely = suggest(word, names);
  if (beginning.length > 0) return `; did you mean ${beginning.join(', ')}?`;
  if (likely !== undefined) return `; did you mean ${likely}?`;
  return `; the newest: ${names.slice(0, SHOWN).join(', ')}; ergodic list shows all`;
}

/** A directory as one would type it here. */
export function typed(dir: string, cwd: string = process.cwd()): string {
  const relative = path.relative(cwd, dir);
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return quoteWord(isInside ? relative : dir);
}
