import path from 'node:path';
import { type Config, parseConfig, parseEnvironmentConfig, parseTrainingConfig, preview } from '@ergodic/core';
import { explainError, UsageError } from './errors.ts';
import { loadConfigFile } from './load.ts';
import { resolveRelative } from './resolve.ts';
import { applyEdits, effectiveEdits, parseSet } from './set.ts';
import { type ConfigSource, type Edit, oneLine } from './source.ts';

export { explainError, UsageError } from './errors.ts';
export { loadConfigFile } from './load.ts';
export { resolveRelative } from './resolve.ts';
export { applyEdits, parseSet } from './set.ts';
export type { ConfigPath, ConfigSource, Edit, Place } from './source.ts';

const MAX_WORKERS = 1024;

/** Options of the command line that stand over the config; text as typed, or numbers. */
export interface Overrides {
  readonly episodes?: string | number | undefined;
  readonly seed?: string | number | undefined;
  /** Of training. */
  readonly iterations?: string | number | undefined;
  readonly steps?: string | number | undefined;
  readonly workers?: string | number | undefined;
}

export interface LoadConfigOptions {
  /** The config; by default `ergodic.yaml`, `.yml`, `.json` or `.ts` in `cwd`. */
  readonly path?: string | undefined;
  /** Texts of `--set path=value`, in order. */
  readonly sets?: readonly string[] | undefined;
  readonly overrides?: Overrides | undefined;
  /** Only the markets matter: the config needs no strategy, and what it says of trading is not looked at. */
  readonly marketsOnly?: boolean;
  /** Agents decide from outside: the config needs no strategy, and `environment` has defaults. */
  readonly environment?: boolean;
  /** An agent is trained: as with `environment`, and `training` has defaults. */
  readonly training?: boolean;
  /** The config itself, instead of a file: a mapping whose relative paths start at `cwd`. */
  readonly data?: unknown;
  readonly cwd: string;
}

export interface LoadedConfig {
  /** Checked, with defaults, and with absolute paths of the files it names. */
  readonly config: Config;
  readonly source: ConfigSource;
  /** What was checked: the data of the source with all edits made. */
  readonly input: unknown;
  /** `--workers`, if it was given: it is no part of a config, since no result depends on it. */
  readonly workers?: number;
  /** The text for an error that came later, such as a ConfigError of `new Simulation(config)`, with its place. */
  explain(error: unknown): string;
}

/** Reads, edits and checks a config. Throws UsageError, whose message has a line for everything that is wrong. */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const { path: given, sets = [], overrides = {}, cwd } = options;
  const edits = [...sets.map(parseSet), ...editsOf(overrides)];
  const workers = overrides.workers === undefined ? undefined : checkWorkers(overrides.workers);
  const source = options.data === undefined ? await loadConfigFile(given, cwd) : dataSource(options.data, cwd);
  const edited = applyEdits(source.input, edits);
  const input = options.marketsOnly === true ? withoutTrading(edited) : edited;
  const effective = effectiveEdits(edits);
  const explain = (error: unknown): string => explainError(error, source, effective);
  try {
    const parse =
      options.training === true
        ? parseTrainingConfig
        : options.environment === true
          ? parseEnvironmentConfig
          : parseConfig;
    const config = await resolveRelative(parse(input), path.dirname(source.file));
    return { config, source, input, explain, ...(workers === undefined ? {} : { workers }) };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'CONFIG_INVALID') throw error;
    throw new UsageError(explain(error));
  }
}

/** A config that is no file: places in it are paths alone. */
function dataSource(data: unknown, cwd: string): ConfigSource {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new UsageError(`config: must be a mapping, got ${preview(data)}`);
  }
  return {
    file: path.join(cwd, 'config'),
    name: 'config',
    input: data as Record<string, unknown>,
    locate: () => undefined,
  };
}

/** The markets of a config, with a strategy because there has to be one. */
function withoutTrading(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const {
    components: _,
    rewards: __,
    portfolio: ___,
    execution: ____,
    outputs: _____,
    ...rest
  } = input as Record<string, unknown>;
  return { ...rest, strategy: { use: 'buy-and-hold' } };
}

function editsOf({ episodes, seed, steps, iterations }: Overrides): Edit[] {
  const edits: Edit[] = [];
  if (steps !== undefined) {
    edits.push({ path: ['steps'], value: numberOf(steps), label: `--steps ${oneLine(String(steps))}` });
  }
  if (episodes !== undefined) {
    edits.push({ path: ['episodes'], value: numberOf(episodes), label: `--episodes ${oneLine(String(episodes))}` });
  }
  if (iterations !== undefined) {
    const label = `--iterations ${oneLine(String(iterations))}`;
    edits.push({ path: ['training', 'iterations'], value: numberOf(iterations), label });
  }
  if (seed !== undefined) edits.push({ path: ['seed'], value: seed, label: `--seed ${oneLine(String(seed))}` });
  return edits;
}

function checkWorkers(given: string | number): number {
  const workers = numberOf(given);
  if (typeof workers === 'number' && Number.isInteger(workers) && workers >= 1 && workers <= MAX_WORKERS)
    return workers;
  throw new UsageError(`--workers ${oneLine(String(given))}: must be a whole number from 1 to ${MAX_WORKERS}`);
}

/** Text that is not a number stays text: the schema says what is wrong with it. */
function numberOf(given: string | number): string | number {
  return typeof given === 'string' && /^[+-]?\d+(\.\d+)?(e\+?\d+)?$/i.test(given) ? Number(given) : given;
}
