import { readFileSync } from 'node:fs';
import type { InfluxConfig } from '@ergodic/core';
import { messageOf, RunError } from '../errors.ts';

/** What it takes to reach InfluxDB; resolved when needed, never stored or printed. */
export interface InfluxSettings {
  /** http or https, without a slash at its end. */
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  readonly token: string;
}

/** The part of a config that says where InfluxDB is. */
export type InfluxAddress = Pick<InfluxConfig, 'url' | 'org' | 'bucket' | 'token' | 'tokenFile'>;

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
const HEADER_TEXT = /^[\u0020-\u007e]+$/;
const MASK = '[token]';

/**
 * Config → settings: `${NAME}` becomes the variable's value, tokenFile its content without space around it. `placeOf` names
 * a key in errors. Throws RunError `OUTPUT_SETTINGS_INVALID`; its message has the place, the rule and the way out, and no
 * value that came from the environment or a file.
 */
export function resolveInflux(
  config: InfluxAddress,
  env: NodeJS.ProcessEnv = process.env,
  placeOf: (key: keyof InfluxAddress) => string = (key) => `outputs.influx.${key}`,
): InfluxSettings {
  const text = (key: 'url' | 'org' | 'bucket'): string => {
    const value = substituted(config[key], env, placeOf(key));
    if (!CONTROL.test(value)) return value;
    throw invalid(
      placeOf(key),
      'must be one line of text, has a control character; are its line ends those of Windows?',
    );
  };
  const url = checkedUrl(text('url'), placeOf('url'));
  const org = text('org');
  const bucket = text('bucket');
  if (config.tokenFile !== undefined) {
    return { url, org, bucket, token: tokenFrom(config.tokenFile, placeOf('tokenFile')) };
  }
  const token = substituted(config.token ?? '', env, placeOf('token'));
  return { url, org, bucket, token: checkedToken(token, placeOf('token'), 'export it again, on one line') };
}

/** A text with the token blacked out, for errors that other libraries made. */
export function redacted(text: string, token: string): string {
  if (token === '') return text;
  return text.replaceAll(token, MASK).replaceAll(encodeURIComponent(token), MASK);
}

function substituted(text: string, env: NodeJS.ProcessEnv, place: string): string {
  const value = text.replaceAll(REFERENCE, (_, name: string) => {
    const found = env[name];
    if (typeof found === 'string' && found !== '') return found;
    const problem = found === '' ? 'there it is empty' : 'it does not';
    throw invalid(place, `the environment must set ${name}, ${problem}; export ${name}=…`);
  });
  if (value.trim() === '') throw invalid(place, 'must be a text, is empty');
  return value;
}

function checkedUrl(text: string, place: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid(place, 'must be an http or https address, is none; for example http://localhost:8086');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(place, 'must be an address without user and password; InfluxDB 2 takes a token');
  }
  if (/[?#]/.test(text)) {
    throw invalid(place, 'must be an address without a query; org and bucket have keys of their own');
  }
  return url.href.replace(/\/+$/, '');
}

function tokenFrom(file: string, place: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    throw invalid(place, `must name a file that can be read, ${file} cannot (${reason}); write the token into it`);
  }
  if (token === '') throw invalid(place, `must name a file that holds the token, ${file} is empty`);
  return checkedToken(token, place, `write the token and nothing else into ${file}`);
}

/** A token goes into an HTTP header, which takes one line of ASCII. */
function checkedToken(token: string, place: string, way: string): string {
  if (HEADER_TEXT.test(token)) return token;
  const what = CONTROL.test(token) ? 'line breaks or control characters' : 'characters outside ASCII';
  throw invalid(place, `the token must be one line of ASCII, has ${what}; ${way}`);
}

function invalid(place: string, problem: string): RunError {
  return new RunError('OUTPUT_SETTINGS_INVALID', `${place}: ${problem}`);
}
