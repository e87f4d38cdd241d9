import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type InfluxAddress, redacted, resolveInflux } from '../../src/outputs/settings.ts';
import { folderWith } from '../support.ts';

const SECRET = 'seCret-0123456789==';
const reference = (name: string): string => `\${${name}}`;
const address: InfluxAddress = {
  url: 'http://localhost:8086',
  org: 'desk',
  bucket: 'points',
  token: reference('INFLUX_TOKEN'),
};

function failure(changes: Partial<InfluxAddress>, env: NodeJS.ProcessEnv = { INFLUX_TOKEN: SECRET }): string {
  try {
    resolveInflux({ ...address, ...changes }, env);
  } catch (error) {
    expect(error).toMatchObject({ name: 'RunError', code: 'OUTPUT_SETTINGS_INVALID' });
    return (error as Error).message;
  }
  throw new Error('nothing was wrong');
}

describe('resolveInflux', () => {
  test('puts variables of the environment in their places, once', () => {
    const env = { HOST: 'db', PORT: '18086', ORG: 'desk', TOKEN: reference('HOST') };
    const config = { ...address, url: `http://${reference('HOST')}:${reference('PORT')}/`, org: reference('ORG') };
    expect(resolveInflux({ ...config, bucket: `b-${reference('ORG')}`, token: reference('TOKEN') }, env)).toEqual({
      url: 'http://db:18086',
      org: 'desk',
      bucket: 'b-desk',
      token: reference('HOST'),
    });
  });

  test('keeps the path of an address behind a reverse proxy', () => {
    const { url } = resolveInflux({ ...address, url: 'https://example.org/influx/' }, { INFLUX_TOKEN: SECRET });
    expect(url).toBe('https://example.org/influx');
  });

  test('names the variable that is not set or empty, and how to set it', () => {
    expect(failure({}, {})).toBe(
      'outputs.influx.token: the environment must set INFLUX_TOKEN, it does not; export INFLUX_TOKEN=…',
    );
    expect(failure({ bucket: reference('BUCKET') }, { INFLUX_TOKEN: SECRET, BUCKET: '' })).toBe(
      'outputs.influx.bucket: the environment must set BUCKET, there it is empty; export BUCKET=…',
    );
    expect(failure({ org: reference('constructor') })).toContain('must set constructor, it does not');
    expect(failure({ org: reference('ORG') }, { INFLUX_TOKEN: SECRET, ORG: '  ' })).toContain('outputs.influx.org: ');
  });

  test.each([
    ['localhost:8086', 'an http or https address'],
    ['ftp://localhost', 'an http or https address'],
    [SECRET, 'an http or https address'],
    [`http://me:${SECRET}@localhost`, 'without user and password'],
    [`http://localhost?token=${SECRET}`, 'without a query'],
    ['http://localhost/#x', 'without a query'],
    ['http://localhost\r', 'control character'],
  ])('refuses the address %j from the environment without printing it', (value, rule) => {
    const message = failure({ url: reference('URL') }, { URL: value, INFLUX_TOKEN: SECRET });
    expect(message).toContain('outputs.influx.url: ');
    expect(message).toContain(rule);
    expect(message).not.toContain(SECRET);
  });

  test.each([`${SECRET}\n`, `${SECRET}\r`, `${SECRET}\nX-Other: 1`, `${SECRET}ü`, `${SECRET}\0`])(
    'refuses the token %j, which no header may have, without printing it',
    (value) => {
      const message = failure({}, { INFLUX_TOKEN: value });
      expect(message).toContain('outputs.influx.token: the token must be one line of ASCII');
      expect(message).not.toContain(SECRET);
    },
  );

  test('reads a token file without the space around the token, whoever else may read it', () => {
    const dir = folderWith({ token: `\ufeff ${SECRET}\r\n\n` });
    const tokenFile = path.join(dir, 'token');
    chmodSync(tokenFile, 0o644);
    const { token: _, ...rest } = address;
    expect(resolveInflux({ ...rest, tokenFile }, {}).token).toBe(SECRET);
  });

  test('says which token file is missing, empty, a folder or something else', () => {
    const dir = folderWith({ empty: '\n', lines: `${SECRET}\n${SECRET}\n` });
    mkdirSync(path.join(dir, 'folder'));
    const { token: _, ...rest } = address;
    const of = (name: string): string => {
      const tokenFile = path.join(dir, name);
      let message = '';
      try {
        resolveInflux({ ...rest, tokenFile }, {});
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toContain('outputs.influx.tokenFile: ');
      expect(message).toContain(tokenFile);
      expect(message).not.toContain(SECRET);
      return message;
    };
    expect(of('missing')).toContain('ENOENT');
    expect(of('folder')).toContain('EISDIR');
    expect(of('empty')).toContain('is empty');
    expect(of('lines')).toContain('line breaks');
  });

  test('calls a place what the caller calls it', () => {
    expect(() => resolveInflux(address, {}, (key) => `--${key}`)).toThrow('--token: the environment must set');
  });
});

describe('redacted', () => {
  test('blacks out the token, also in the form of an address', () => {
    const text = `Authorization: Token ${SECRET}; /x?t=${encodeURIComponent(SECRET)}; ${SECRET}`;
    expect(redacted(text, SECRET)).toBe('Authorization: Token [token]; /x?t=[token]; [token]');
    expect(redacted('plain', '')).toBe('plain');
  });
});
