import { RllinkError } from './errors.ts';

export interface RllinkAddress {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * `rllib://127.0.0.1:9900` → host and port. Only addresses of this computer: an RLlink server unpickles what it is asked to
 * and has no password, so that whoever reaches its port runs code there. Throws RllinkError `RLLINK_URL`.
 */
export function parseAddress(url: string): RllinkAddress {
  const example = 'such as rllib://127.0.0.1:9900';
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new RllinkError('RLLINK_URL', `${url}: must be an address ${example}`);
  }
  const { protocol, hostname, port, pathname, search, hash, username } = parsed;
  if (protocol !== 'rllib:') {
    throw new RllinkError('RLLINK_URL', `${url}: must begin with rllib://, got ${protocol}//; write it ${example}`);
  }
  const rest = `${username === '' ? '' : `${username}@`}${pathname === '/' ? '' : pathname}${search}${hash}`;
  if (rest !== '') throw new RllinkError('RLLINK_URL', `${url}: has a host and a port only, got also ${rest}`);
  if (!LOOPBACK.test(hostname)) {
    throw new RllinkError(
      'RLLINK_URL',
      `${url}: must be an address of this computer (127.0.0.1), got ${hostname === '' ? 'no host' : hostname}; ` +
        "RLlib's server has no password and unpickles what it receives: reach another computer through an SSH tunnel",
    );
  }
  const number = Number(port);
  if (port === '' || number === 0) {
    throw new RllinkError('RLLINK_URL', `${url}: needs a port from 1 to 65535, ${example}`);
  }
  return { host: hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, ''), port: number };
}
