import path from 'node:path';
import type { Estimate, VolumeEstimate } from '@ergodic/calibration';
import { formatPath } from '@ergodic/core';
import { Document, isSeq, visit } from 'yaml';

export interface ConfigInputs {
  readonly symbol: string;
  readonly interval: string;
  readonly price: number;
  readonly estimate: Estimate;
  readonly volume?: VolumeEstimate | undefined;
  /** The candles, and the folder that the config will be read from. */
  readonly file: string;
  readonly folder: string;
}

/** A config that `ergodic run` takes as it is. */
export function configOf({ symbol, interval, price, estimate, volume, file, folder }: ConfigInputs): object {
  const { process, ...parameters } = estimate.config;
  const isResampled = process === 'bootstrap';
  const market = {
    process,
    ...(isResampled ? { file: relativeTo(folder, file) } : { price }),
    ...parameters,
    ...(volume === undefined || isResampled ? {} : { candles: { volume: volume.config } }),
  };
  return {
    seed: 'calibrated',
    episodes: 1_000,
    steps: 1_000,
    interval,
    markets: { [symbol]: market },
    strategy: { use: 'sma-cross', fast: 10, slow: 50 },
  };
}

/** The part of a config that draws parameters by their errors; undefined where none has one. */
export function randomizeOf(symbol: string, { parameters, covariance }: Estimate): object | undefined {
  if (covariance === null) return undefined;
  const kept = parameters.flatMap(({ standardError }, i) => (standardError !== null && standardError > 0 ? [i] : []));
  if (kept.length === 0) return undefined;
  const estimate = Object.fromEntries(kept.map((i) => [parameters[i]!.name, parameters[i]!.value]));
  const matrix = kept.map((i) => kept.map((j) => (covariance[i]![j]! + covariance[j]![i]!) / 2));
  return { randomize: { [formatPath(['markets', symbol])]: { estimate, covariance: matrix } } };
}

/** The config with a heading, and below it, as comments, what makes the uncertainty of the estimates part of the run. */
export function renderConfig(title: string, inputs: ConfigInputs): string {
  const lines = [`# ${title}`, ...yamlLines(configOf(inputs))];
  const randomize = randomizeOf(inputs.symbol, inputs.estimate);
  if (randomize !== undefined) {
    lines.push(
      '# Uncomment what follows to draw the parameters of each episode by the errors of the estimates:',
      ...yamlLines(randomize).map((line) => `# ${line}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** YAML with all digits; rows of numbers and the strategy on one line. */
function yamlLines(value: object): string[] {
  const document = new Document(value);
  visit(document, {
    Collection(key, node, ancestors) {
      const isRow = isSeq(node) && node.items.every((item) => !isSeq(item));
      const parent = ancestors.at(-1);
      const name = (parent as { key?: { value?: unknown } } | undefined)?.key?.value;
      if (key === 'value' && (name === 'strategy' || name === 'volume')) node.flow = true;
      if (isRow) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 }).trimEnd().split('\n');
}

function relativeTo(folder: string, file: string): string {
  const relative = path.relative(folder, path.resolve(file)).split(path.sep).join('/');
  return relative.startsWith('.') || path.isAbsolute(relative) ? relative : `./${relative}`;
}

/** `BTC/USD` of `btc-usd-1h.csv`; what does not look like a pair is taken as it is. */
export function symbolOf(file: string): string {
  const stem = path.basename(file, path.extname(file));
  const pair = /^([a-z0-9]{2,10})[-_ ]([a-z]{3,5})(?:[-_ ].*)?$/i.exec(stem);
  return (pair === null ? stem : `${pair[1]!}/${pair[2]!}`.toUpperCase()).slice(0, 64);
}
