import { existsSync } from 'node:fs';
import path from 'node:path';
import type { InfluxAddress, InfluxCheck } from '@ergodic/workers';
import { DEFAULT_NAMES } from '../config/load.ts';
import { colorsFor, print, printJson } from '../output.ts';

export interface InfluxOptions {
  readonly url?: string;
  readonly org?: string;
  readonly bucket?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

type Key = keyof InfluxAddress;

/** What neither the config nor an option says. */
const ENVIRONMENT: InfluxAddress = {
  url: reference('INFLUX_URL'),
  org: reference('INFLUX_ORG'),
  bucket: reference('INFLUX_BUCKET'),
  token: reference('INFLUX_TOKEN'),
};
const OPTIONS: Readonly<Record<Key, string>> = {
  url: '--url',
  org: '--org',
  bucket: '--bucket',
  token: '--token-file',
  tokenFile: '--token-file',
};

/** Checks whether points can be written; 1 if they cannot. */
export async function influx(_action: string, config: string | undefined, options: InfluxOptions): Promise<number> {
  const { checkInflux, resolveInflux } = await import('@ergodic/workers');
  const { address, placeOf } = await addressFrom(config, options);
  const result = await checkInflux(resolveInflux(address, process.env, placeOf));
  if (options.json === true) printJson(result);
  else print(`${renderCheck(result).join('\n')}\n`);
  return result.ok ? 0 : 1;
}

interface Address {
  readonly address: InfluxAddress;
  /** What an error calls the place that a value comes from. */
  placeOf(key: Key): string;
}

/** Options stand over the config, and both over the environment. */
async function addressFrom(config: string | undefined, options: InfluxOptions): Promise<Address> {
  const { url, org, bucket, tokenFile } = options;
  const given: Partial<InfluxAddress> = {
    ...(url === undefined ? {} : { url }),
    ...(org === undefined ? {} : { org }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(tokenFile === undefined ? {} : { tokenFile: path.resolve(tokenFile) }),
  };
  const isComplete = Object.keys(given).length === 4;
  const configured = config === undefined && isComplete ? undefined : await configuredAddress(config);
  return {
    address: withOneToken({ ...ENVIRONMENT, ...configured?.address, ...given }),
    placeOf: (key) => {
      if (key in given) return OPTIONS[key];
      if (configured !== undefined && key in configured.address) return configured.placeOf(key);
      return `without a config and ${OPTIONS[key]}`;
    },
  };
}

/** The token file where there is one: of config and options, only one of them can name the token. */
function withOneToken({ token, tokenFile, ...rest }: InfluxAddress): InfluxAddress {
  return tokenFile === undefined ? { ...rest, token } : { ...rest, tokenFile };
}

/** `outputs.influx` of the config, which is by default one in this folder; without that, undefined. */
async function configuredAddress(given: string | undefined): Promise<Address | undefined> {
  if (given === undefined && !DEFAULT_NAMES.some((name) => existsSync(name))) return undefined;
  const { loadConfig, UsageError } = await import('../config/index.ts');
  const { config, source } = await loadConfig({ path: given, cwd: process.cwd() });
  const { influx } = config.outputs;
  if (influx === undefined) {
    if (given === undefined) return undefined;
    throw new UsageError(`${source.name}: has no outputs.influx to check; add it, or leave the config out`);
  }
  const { url, org, bucket, token, tokenFile } = influx;
  const secret = tokenFile === undefined ? { token } : { tokenFile };
  return {
    address: { url, org, bucket, ...secret },
    placeOf: (key) => {
      const place = source.locate(['outputs', 'influx', key], 'value');
      const file = place === undefined ? source.name : `${source.name}:${place.line}:${place.column}`;
      return `${file}: outputs.influx.${key}`;
    },
  };
}

function renderCheck({ rows }: InfluxCheck): string[] {
  const { green, yellow, red, dim } = colorsFor(process.stdout);
  const width = Math.max(...rows.map(({ name }) => name.length));
  const mark = (ok: boolean | 'warning'): string =>
    ok === 'warning' ? yellow('warning') : ok ? green('ok     ') : red('failed ');
  const lines = rows.map(({ name, ok, detail }) => `${name.padEnd(width)}  ${mark(ok)}  ${detail}`);
  const hints = rows.flatMap(({ name, hint }) => (hint === undefined ? [] : [`${dim(`${name}:`)} ${hint}`]));
  return hints.length === 0 ? lines : [...lines, '', ...hints];
}

function reference(name: string): string {
  return `\${${name}}`;
}
