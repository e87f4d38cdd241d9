import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/rllib/address.ts';

describe('parseAddress', () => {
  it.each([
    ['rllib://127.0.0.1:9900', '127.0.0.1'],
    ['rllib://127.0.0.1:9900/', '127.0.0.1'],
    ['rllib://localhost:9900', '127.0.0.1'],
    ['rllib://[::1]:9900', '::1'],
    ['rllib://127.8.0.3:9900', '127.8.0.3'],
  ])('takes %s', (url, host) => {
    expect(parseAddress(url)).toEqual({ host, port: 9900 });
  });

  it.each([
    ['127.0.0.1:9900', 'such as rllib://127.0.0.1:9900'],
    ['', 'such as rllib://127.0.0.1:9900'],
    ['http://127.0.0.1:9900', 'must begin with rllib://, got http://'],
    ['rllib://127.0.0.1', 'needs a port'],
    ['rllib://127.0.0.1:0', 'needs a port'],
    ['rllib://127.0.0.1:99999', 'must be an address'],
    ['rllib://127.0.0.1:9900/policy', 'got also /policy'],
    ['rllib://me:secret@127.0.0.1:9900', 'got also me@'],
    ['rllib:9900', 'got also 9900'],
  ])('refuses %s', (url, rule) => {
    expect(() => parseAddress(url)).toThrow(
      expect.objectContaining({ code: 'RLLINK_URL', message: expect.stringContaining(rule) }),
    );
  });

  it.each([
    'rllib://example.org:9900',
    'rllib://192.168.1.2:9900',
    'rllib://127.0.0.1.example.org:9900',
    'rllib://0.0.0.0:9900',
  ])('refuses %s, which is no address of this computer, and says why', (url) => {
    expect(() => parseAddress(url)).toThrow(
      expect.objectContaining({ code: 'RLLINK_URL', message: expect.stringContaining('unpickles what it receives') }),
    );
  });
});
