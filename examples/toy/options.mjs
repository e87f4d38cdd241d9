import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigError, Environment, parseTrainingConfig } from '@ergodic/core';
import { parse } from 'yaml';
import { createAgents } from './agents.mjs';

const MOST_WORKERS = 64;
const MOST_EPISODES = 10_000;
const DEFAULT_CONFIG = fileURLToPath(new URL('predictable.yaml', import.meta.url));

export const HELP = `Trains an agent on the predictions of an online model, and stores every action.

  npm run toy -- [options]

  --config FILE    market, observations and agent (default: examples/toy/predictable.yaml)
  --workers N      threads that play episodes, 1 to ${MOST_WORKERS} (default: one for each processor)
  --episodes N     episodes of a training iteration, 1 to ${MOST_EPISODES} (default: training.episodes of the config)
  --out DIR        where actions and results go; new or empty (default: runs/toy-<time>)
  --help           this text

Example: npm run toy -- --workers 2 --config examples/toy/martingale.yaml`;

/** The command line or a config is wrong: the message says where, what the rule is, what came instead, and the way out. */
export class UsageError extends Error {}

/** Reads the command line. Returns undefined where help was asked for; throws UsageError. */
export function readOptions(args) {
  const values = parsed(args);
  if (values.help) return undefined;
  const file = values.config ?? DEFAULT_CONFIG;
  const config = readConfig(file);
  const workers = integer('--workers', values.workers, MOST_WORKERS) ?? Math.min(availableParallelism(), MOST_WORKERS);
  const episodes = integer('--episodes', values.episodes, MOST_EPISODES) ?? config.training.episodes;
  const out = values.out ?? path.join('runs', `toy-${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`);
  if (existsSync(out) && !isEmptyFolder(out)) {
    throw new UsageError(`--out must be a new or empty folder, got ${out}; name another one`);
  }
  return { file, out, workers, config: { ...config, training: { ...config.training, episodes } } };
}

function parsed(args) {
  const texts = ['config', 'workers', 'episodes', 'out'].map((name) => [name, { type: 'string' }]);
  try {
    return parseArgs({ args, options: { ...Object.fromEntries(texts), help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new UsageError(`${error.message.split('. ')[0]}; --help lists the options`);
  }
}

function integer(name, text, most) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new UsageError(
    `${name} must be a whole number from 1 to ${most}, got ${text || 'nothing'}; for example ${name} 2`,
  );
}

function isEmptyFolder(name) {
  try {
    return readdirSync(name).length === 0;
  } catch {
    return false;
  }
}

function readConfig(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `--config must be a file that can be read, got ${file} (${error.code}); see examples/toy/*.yaml`,
    );
  }
  try {
    return checked(parseTrainingConfig(parse(text)));
  } catch (error) {
    throw new UsageError(`${file}: ${error.message}`, { cause: error });
  }
}

/** What the toy needs beyond what any environment does. */
function checked(config) {
  const environment = new Environment(config);
  const { actionSpace, observationLabels } = environment;
  if (actionSpace.type !== 'discrete') {
    const rule = 'the toy stores one action of a few: must be discrete, with one market';
    throw new ConfigError([
      { path: ['environment', 'actions', 'use'], rule, received: config.environment.actions.use },
    ]);
  }
  if (predictionIndex(observationLabels) < 0) {
    const rule = 'must have the prediction of an online model; add { use: prediction }';
    const received = config.environment.observations.map(({ use }) => use);
    throw new ConfigError([{ path: ['environment', 'observations'], rule, received }]);
  }
  if (config.training.evaluationEpisodes < 2) {
    const rule = 'must be at least 2: an interval needs two episodes';
    const received = config.training.evaluationEpisodes;
    throw new ConfigError([{ path: ['training', 'evaluationEpisodes'], rule, received }]);
  }
  if (createAgents(config, environment).learning.size === 0) {
    const rule = 'must be an agent that learns: q-learning or actor-critic';
    throw new ConfigError([{ path: ['training', 'agent', 'use'], rule, received: config.training.agent.use }]);
  }
  return config;
}

/** Which number of an observation is the prediction; -1 where none is. */
export function predictionIndex(observationLabels) {
  return observationLabels.indexOf('prediction');
}
