import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import { parseConfig } from '../../src/config/parse.ts';

const BASE = {
  steps: 10,
  markets: { A: { process: 'gbm', price: 100, volatility: 0.5 } },
  strategy: { use: 'buy-and-hold' },
};
const INFLUX = { url: 'http://localhost:8086', org: 'o', bucket: 'b', token: '${INFLUX_TOKEN}' };

const withInflux = (changes: object): unknown => ({ ...BASE, outputs: { influx: { ...INFLUX, ...changes } } });

function messageOf(input: unknown): string {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('outputs', () => {
  test('get their defaults, and keep references as they are', () => {
    expect(parseConfig(withInflux({})).outputs).toEqual({
      influx: { ...INFLUX, every: 1, spoolMb: 1_024, pauseSeconds: 900, drainSeconds: 60 },
    });
    const references = { url: 'http://${HOST}:${PORT}', org: '${ORG}', bucket: '${BUCKET}' };
    expect(parseConfig(withInflux(references)).outputs.influx).toMatchObject(references);
    expect(parseConfig({ ...BASE, outputs: { file: {} } }).outputs.file).toEqual({ format: 'line-protocol', every: 1 });
  });

  test.each([
    [{ url: 'localhost:8086' }, /^outputs\.influx\.url: must be an address such as/],
    [{ url: 'http://user:secret@host:8086' }, /without user, password or query$/],
    [{ url: 'http://host:8086/?token=secret' }, /without user, password or query$/],
    [
      { token: 'secret' },
      /^outputs\.influx\.token: must name a variable of the environment, as in "\$\{INFLUX_TOKEN\}"$/,
    ],
    [{ token: 'secret${INFLUX_TOKEN}' }, /^outputs\.influx\.token: must name a variable/],
    [{ token: { value: 'secret' } }, /^outputs\.influx\.token: must be a string$/],
    [{ tokn: 'secret' }, /^outputs\.influx\.tokn: is not a known key; did you mean token\?$/],
    [{ tokenFile: 'secret' }, /^outputs\.influx: must have either token/],
    [{ token: undefined }, /^outputs\.influx: must have either token/],
    [{ spoolMb: 0 }, /^outputs\.influx\.spoolMb: must be at least 1, got 0$/],
    [{ every: 0 }, /^outputs\.influx\.every: must be at least 1, got 0$/],
  ])('%j is an error that repeats no text', (changes, message) => {
    const found = messageOf(withInflux(changes));
    expect(found).toMatch(message);
    expect(found).not.toContain('secret');
  });

  test('that are no mapping are not repeated either', () => {
    expect(messageOf({ ...BASE, outputs: 'http://u:secret@host' })).toBe(
      'outputs: must be a mapping of keys to values',
    );
    expect(messageOf({ ...BASE, outputs: { influx: 'secret' } })).toMatch(/^outputs\.influx: must be a mapping/);
  });
});
