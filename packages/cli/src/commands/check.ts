import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Assertion,
  type Check,
  checkAssertions,
  checkRun,
  junitXml,
  parseAssertion,
  requirementsOf,
  StoredRun,
} from '@ergodic/analysis';
import { readManifest, type Summary, startEnsemble } from '@ergodic/workers';
import { exitNotices, renderCheck } from '../check/render.ts';
import { tellGithub } from '../check/tell-github.ts';
import { UsageError } from '../config/errors.ts';
import { loadConfig } from '../config/index.ts';
import { count } from '../format.ts';
import { notice, print, printJson } from '../output.ts';
import { resolveRun, typed } from '../runs.ts';
import { watch } from '../session.ts';
import { hasShortfall, shortfallLines } from '../shortfall.ts';
import { resumeHint, StopSignals } from '../stop.ts';
import { type RunCommandOptions, starting } from './run.ts';

export interface CheckOptions extends Omit<RunCommandOptions, 'until' | 'report'> {
  readonly assert?: readonly string[];
  readonly baseline?: string;
  readonly allowUndecided?: boolean;
  readonly junit?: string;
  readonly github?: boolean;
}

/** Options that say how a config is run. */
const OF_CONFIGS = ['episodes', 'seed', 'set', 'workers', 'out'] as const;

export async function check(target: string | undefined, options: CheckOptions): Promise<number> {
  const stop = new StopSignals();
  const assertions = (options.assert ?? []).map(parseAssertion);
  if (assertions.length === 0 && options.baseline === undefined) {
    const example = "--assert 'q05(totalReturn) > -0.2', or --baseline RUN to see that nothing became worse";
    throw new UsageError(`check: there is nothing to check; add ${example}`);
  }
  if (options.junit !== undefined) checkReport(options.junit);
  const isStored = target !== undefined && !isConfig(target);
  const stray = isStored ? OF_CONFIGS.find((name) => options[name] !== undefined) : undefined;
  if (stray !== undefined) {
    throw new UsageError(`--${stray}: says how a config is run, and ${target} is a run that is there; leave it out`);
  }
  const baseline = options.baseline === undefined ? null : await StoredRun.open(await resolveRun(options.baseline));
  try {
    if (isStored) return await judge(await resolveRun(target), assertions, baseline, options);
    const summary = await runConfig(target, assertions, { stop, options, hasBaseline: baseline !== null });
    if (summary === null) return stop.exitCode ?? 1;
    const code = await judge(summary.dir, assertions, baseline, options);
    if (!hasShortfall(summary)) return code;
    for (const line of shortfallLines(summary)) notice(`exit code 1: ${line}`);
    return 1;
  } finally {
    baseline?.close();
  }
}

/** Whether it names a config rather than a run. */
function isConfig(target: string): boolean {
  if (existsSync(path.join(target, 'run.json'))) return false;
  return /\.(ya?ml|json|[cm]?[jt]s)$/.test(target) || statSync(target, { throwIfNoEntry: false })?.isFile() === true;
}

/** The folder of a file that is to be written must be there. Throws UsageError. */
function checkReport(file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`--junit ${file}: the folder ${folder} does not exist; make it, or name another file`);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UsageError(`--junit ${file}: is a folder; name a file`);
  }
}

/** Runs a config to its end; null where it was interrupted. */
async function runConfig(
  target: string | undefined,
  assertions: readonly Assertion[],
  { stop, options, hasBaseline }: { stop: StopSignals; options: CheckOptions; hasBaseline: boolean },
): Promise<Summary | null> {
  const { episodes, seed, set, workers, out } = options;
  const loaded = await loadConfig({ path: target, sets: set, overrides: { episodes, seed }, cwd: process.cwd() });
  notice(`${loaded.source.name}: ${count(loaded.config.episodes)} episodes; checking strategy and market`);
  const begin = starting(startEnsemble, loaded, { out });
  const { summary, dir } = await watch(
    async (runOptions) => {
      const run = await begin(runOptions);
      try {
        // A slip in an assertion is told now, and leaves nothing behind.
        checkAssertions(assertions, readManifest(run.dir).layout.fields, hasBaseline);
        return run;
      } catch (error) {
        run.stop();
        await run.done;
        rmSync(run.dir, { recursive: true });
        throw error;
      }
    },
    stop,
    workers,
  );
  if (summary.status === 'completed') return summary;
  notice(`${resumeHint(dir)}, then check ${dir}`);
  return null;
}

/** Checks a stored run, shows what was found, and gives the exit code. */
async function judge(
  dir: string,
  assertions: readonly Assertion[],
  baseline: StoredRun | null,
  options: CheckOptions,
): Promise<number> {
  const run = await StoredRun.open(dir);
  let found: Check;
  try {
    found = await checkRun(run, assertions, baseline);
  } finally {
    run.close();
  }
  const { summary, manifest } = run;
  const requirements = requirementsOf(summary, options.allowFailed ?? 0);
  const allowUndecided = options.allowUndecided === true;
  const reasons = exitNotices(found, requirements, allowUndecided);
  const exitCode = reasons.length === 0 ? 0 : 1;
  for (const text of found.notices) notice(text);
  if (options.json === true) printJson({ exitCode, ...found, requirements });
  else print(renderCheck(found, path.basename(manifest.config.strategy.use)));
  if (options.junit !== undefined) {
    const xml = junitXml(found, { allowUndecided, requirements, seconds: summary.timing.wallSeconds });
    writeFileSync(options.junit, xml);
    notice(`wrote ${typed(path.resolve(options.junit))}`);
  }
  if (options.github === true || process.env.GITHUB_ACTIONS === 'true') tellGithub(found, requirements);
  for (const reason of reasons) notice(`exit code 1: ${reason}`);
  return exitCode;
}
