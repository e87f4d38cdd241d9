import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Config, ConfigError, type Issue, isFileUse, type PartConfig, suggest } from '@ergodic/core';
import type { ConfigPath } from './source.ts';

const CODE = ['.ts', '.mts', '.mjs', '.js'];
const DATA = ['.csv'];
const POLICIES = ['.json', '.onnx'];
const MAX_NAMES = 10;

/** The config with absolute paths for the files it names, which start at `folder`. Throws ConfigError if one is missing. */
export async function resolveRelative(config: Config, folder: string): Promise<Config> {
  const issues: Issue[] = [];
  const resolve = async (text: string, at: ConfigPath, extensions: readonly string[]): Promise<string> => {
    const file = path.resolve(folder, text);
    const issue = await problemOf(file, text, extensions);
    if (issue !== undefined) issues.push({ path: at, received: text, ...issue });
    return file;
  };
  const part = async (config: PartConfig, at: ConfigPath): Promise<PartConfig> =>
    isFileUse(config.use) ? { ...config, use: await resolve(config.use, [...at, 'use'], CODE) } : config;
  const parts = async (list: readonly PartConfig[], name: string): Promise<PartConfig[]> => {
    const resolved: PartConfig[] = [];
    for (const [i, item] of list.entries()) resolved.push(await part(item, [name, i]));
    return resolved;
  };
  const environmentOf = async ({ environment }: Config): Promise<Pick<Config, 'environment'>> => {
    if (environment === undefined) return {};
    const observations = [];
    for (const [i, feature] of environment.observations.entries()) {
      const use = (await part({ use: feature.use }, ['environment', 'observations', i])).use;
      observations.push({ ...feature, use });
    }
    return { environment: { ...environment, observations } };
  };
  const policy = async (strategy: PartConfig): Promise<PartConfig> =>
    strategy.use === 'policy' && typeof strategy.file === 'string'
      ? { ...strategy, file: await resolve(strategy.file, ['strategy', 'file'], POLICIES) }
      : strategy;
  const trainingOf = async ({ training }: Config): Promise<Pick<Config, 'training'>> => {
    if (training === undefined) return {};
    return { training: { ...training, agent: await part(training.agent, ['training', 'agent']) } };
  };
  const markets = { ...config.markets };
  for (const [symbol, market] of Object.entries(markets)) {
    if (!('file' in market)) continue;
    markets[symbol] = { ...market, file: await resolve(market.file, ['markets', symbol, 'file'], DATA) };
  }
  const strategy = await policy(await part(config.strategy, ['strategy']));
  const components = await parts(config.components, 'components');
  const rewards = await parts(config.rewards, 'rewards');
  const environment = await environmentOf(config);
  const training = await trainingOf(config);
  const outputs = { ...config.outputs };
  if (outputs.influx?.tokenFile !== undefined) {
    outputs.influx = { ...outputs.influx, tokenFile: path.resolve(folder, outputs.influx.tokenFile) };
  }
  if (outputs.file?.path !== undefined) {
    outputs.file = { ...outputs.file, path: path.resolve(folder, outputs.file.path) };
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return { ...config, markets, strategy, components, rewards, outputs, ...environment, ...training };
}

async function problemOf(
  file: string,
  text: string,
  extensions: readonly string[],
): Promise<Pick<Issue, 'rule' | 'hint'> | undefined> {
  try {
    const found = await stat(file);
    if (found.isDirectory())
      return { rule: 'must name a file, this is a folder', hint: await hint(text, file, extensions) };
    await access(file, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      return { rule: `must name a file that can be read (${code})`, hint: 'check its permissions' };
    }
    return {
      rule: 'must name a file that exists',
      hint: await hint(path.dirname(text), path.dirname(file), extensions),
    };
  }

  /** `shown` is the folder as the user wrote it, before the name of the file. */
  async function hint(shown: string, folder: string, extensions: readonly string[]): Promise<string> {
    const entries = await readdir(folder).catch(() => undefined);
    if (entries === undefined) return `there is no folder ${folder}; paths start at the config's folder`;
    const names = entries.filter((name) => extensions.includes(path.extname(name)) && !name.endsWith('.d.ts')).sort();
    const meant = suggest(path.basename(file), names);
    const prefix = shown === '.' ? (text.startsWith('.') ? './' : '') : `${shown.replace(/\/$/, '')}/`;
    if (meant !== undefined) return `did you mean ${prefix}${meant}?`;
    if (names.length === 0) return `${folder} has no ${extensions.join(', ')} file; paths start at the config's folder`;
    const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : '';
    return `files in ${folder}: ${names.slice(0, MAX_NAMES).join(', ')}${more}`;
  }
}
