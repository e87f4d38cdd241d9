import { messageOf } from '../errors.ts';
import { type InfluxSettings, redacted } from './settings.ts';

const TIMEOUT_MS = 5_000;
/** Points of a run that waits for longer than the retention are refused when it goes on. */
const SHORT_RETENTION_SECONDS = 7 * 86_400;
const MAX_TEXT = 200;
const MAX_NAMES = 10;
/** A body without a point: InfluxDB checks token, org, bucket and permission, and stores nothing. */
const NO_POINTS = '# ergodic influx check\n';

export interface InfluxCheckRow {
  readonly name: 'server' | 'version' | 'token' | 'org' | 'bucket' | 'write' | 'retention';
  readonly ok: boolean | 'warning';
  /** What was found. */
  readonly detail: string;
  /** The way out of what was found. */
  readonly hint?: string;
}

/** What the server says of settings. What could not be asked after a failure has no row. */
export interface InfluxCheck {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  /** Whether nothing failed; warnings do not count. */
  readonly ok: boolean;
  readonly rows: readonly InfluxCheckRow[];
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is a JSON object, else empty. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sends a request; throws Unreachable. */
type Call = (path: string, options?: { readonly body?: string; readonly isAnonymous?: boolean }) => Promise<Reply>;

/** There was no answer. The message says why. */
class Unreachable extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Whether points can be written with these settings. Leaves nothing behind in the bucket, and never throws. */
export async function checkInflux(settings: InfluxSettings, timeoutMs: number = TIMEOUT_MS): Promise<InfluxCheck> {
  const { url, org, bucket, token } = settings;
  const rows: InfluxCheckRow[] = [];
  try {
    for await (const row of findings(settings, callerOf(settings, timeoutMs))) rows.push(row);
  } catch (error) {
    const hint = error instanceof Unreachable ? { hint: error.hint } : {};
    const name = rows.length === 0 ? 'server' : 'write';
    rows.push({ name, ok: false, detail: messageOf(error), ...hint });
  }
  const clean = (text: string): string => oneLine(redacted(text, token));
  return {
    url,
    org,
    bucket,
    ok: rows.every(({ ok }) => ok !== false),
    rows: rows.map(({ hint, ...row }) => ({
      ...row,
      detail: clean(row.detail),
      ...(hint === undefined ? {} : { hint: clean(hint) }),
    })),
  };
}

async function* findings(settings: InfluxSettings, call: Call): AsyncGenerator<InfluxCheckRow> {
  const { server, version, major } = await identify(settings, call);
  yield server;
  if (version === undefined) return;
  yield version;
  if (version.ok === false) return;
  const search = new URLSearchParams({ org: settings.org, bucket: settings.bucket, precision: 'ns' });
  const written = await call(`/api/v2/write?${search}`, { body: NO_POINTS });
  const rows = await accessRows(settings, written, call);
  yield* rows;
  if (major === 2 && rows.every(({ ok }) => ok !== false)) yield await retentionRow(settings, call);
}

interface Identity {
  readonly server: InfluxCheckRow;
  /** Missing where the server is none that can be asked further. */
  readonly version?: InfluxCheckRow;
  readonly major?: number;
}

async function identify({ url }: InfluxSettings, call: Call): Promise<Identity> {
  let reply = await call('/health', { isAnonymous: true });
  const server: InfluxCheckRow = { name: 'server', ok: true, detail: `${url} answers` };
  // InfluxDB 3 tells who it is only with a token.
  if (!isInflux(reply) && reply.status === 401) reply = await call('/ping');
  if (!isInflux(reply)) return { server: { ...server, ok: false, ...strangerOf(url, reply) } };
  if (reply.status >= 500 || reply.json.status === 'fail') {
    const detail = `is not ready: ${messageIn(reply)}`;
    return { server: { ...server, ok: false, detail, hint: 'wait for it, or look into its log' } };
  }
  const text = (reply.headers.get('x-influxdb-version') ?? String(reply.json.version ?? '')).replace(/^v/, '');
  const build = reply.headers.get('x-influxdb-build');
  const major = Number(/^(\d+)\./.exec(text)?.[1]);
  return {
    server,
    version: versionRow(major, `InfluxDB ${text || 'without a version'}${build ? ` ${build}` : ''}`),
    major,
  };
}

function isInflux({ headers, json }: Reply): boolean {
  const names = ['x-influxdb-version', 'x-influxdb-build'];
  return names.some((name) => headers.has(name)) || json.name === 'influxdb' || 'process_id' in json;
}

function versionRow(major: number, product: string): InfluxCheckRow {
  const name = 'version';
  if (major === 2) return { name, ok: true, detail: product };
  if (major === 1) {
    const detail = `${product}: version 1 has no tokens, orgs and buckets`;
    return { name, ok: false, detail, hint: 'ergodic needs InfluxDB 2; docker compose up -d starts one' };
  }
  if (major >= 3) {
    const detail = `${product}: takes points as version 2 does, but may drop some of a request without saying so`;
    return { name, ok: 'warning', detail, hint: 'use InfluxDB 2, or InfluxQL alone and no Flux' };
  }
  return { name, ok: 'warning', detail: `${product}: ergodic is tested with InfluxDB 2.9` };
}

function strangerOf(url: string, { status, headers, text }: Reply): Pick<InfluxCheckRow, 'detail' | 'hint'> {
  if (status >= 300 && status < 400) {
    const location = headers.get('location') ?? '';
    return { detail: `${url} sends on to ${location.replace(/[?#].*$/, '')}`, hint: 'put the address it sends on to' };
  }
  if (/HTTPS/.test(text) && status === 400) {
    return { detail: `${url} speaks TLS`, hint: `write ${url.replace(/^http:/, 'https:')}` };
  }
  if (status === 401) {
    return {
      detail: `${url} wants a token even for /health and refuses this one`,
      hint: 'put a token of this server; if it is not InfluxDB, correct the url',
    };
  }
  const type = headers.get('content-type') ?? 'no content type';
  return {
    detail: `${url} answers, but not as InfluxDB does: status ${status}, ${type}`,
    hint: 'correct the url: InfluxDB listens on port 8086, and behind a reverse proxy it may have a path',
  };
}

/** What the answer to a write without points says of token, org, bucket and permission. */
async function accessRows({ org, bucket }: InfluxSettings, written: Reply, call: Call): Promise<InfluxCheckRow[]> {
  const { status, headers } = written;
  const message = messageIn(written);
  const token: InfluxCheckRow = { name: 'token', ok: true, detail: 'is known' };
  const orgRow: InfluxCheckRow = { name: 'org', ok: true, detail: org };
  const bucketRow: InfluxCheckRow = { name: 'bucket', ok: true, detail: bucket };
  // InfluxDB 3 finds the same body empty, after it has checked the token.
  if ((status >= 200 && status < 300) || (status === 400 && message.includes('write was empty'))) {
    return [token, orgRow, bucketRow, { name: 'write', ok: true, detail: 'is allowed; nothing was written' }];
  }
  if (status === 401) return [{ ...token, ok: false, detail: `is refused: ${message}`, hint: await tokenHint(call) }];
  if (status === 403) {
    const hint = `put a token that may write to the bucket ${bucket}`;
    return [token, orgRow, bucketRow, { name: 'write', ok: false, detail: `is refused: ${message}`, hint }];
  }
  if (status === 404 && /^organization/.test(message)) {
    const hint = await namesHint(call, '/api/v2/orgs', 'orgs');
    return [token, { ...orgRow, ok: false, detail: `there is no org ${org}, or not for this token`, hint }];
  }
  if (status === 404 && /^bucket/.test(message)) {
    const hint = await namesHint(call, `/api/v2/buckets?${new URLSearchParams({ org, limit: '100' })}`, 'buckets');
    return [token, orgRow, { ...bucketRow, ok: false, detail: `there is no bucket ${bucket} in ${org}`, hint }];
  }
  const wait = headers.get('retry-after');
  const detail = `the server answers ${status}: ${message}${wait === null ? '' : `, retry after ${wait} s`}`;
  const hint =
    status === 429 || status >= 500 ? 'the server takes no points now: wait, or look into its log' : undefined;
  return [{ name: 'write', ok: false, detail, ...(hint === undefined ? {} : { hint }) }];
}

async function tokenHint(call: Call): Promise<string> {
  const setup = await call('/api/v2/setup', { isAnonymous: true }).catch(() => undefined);
  if (setup?.json.allowed === true) return 'this server has not been set up yet: influx setup, or docker compose up -d';
  return 'put a token of this server; its page Load Data, API Tokens makes one, or influx auth create';
}

/** The names that there are, as far as the token may see them. */
async function namesHint(call: Call, path: string, key: 'orgs' | 'buckets'): Promise<string> {
  const reply = await call(path).catch(() => undefined);
  const found = reply?.json[key];
  const names = (Array.isArray(found) ? found : [])
    .map((item: { name?: unknown }) => String(item?.name ?? ''))
    .filter((name) => name !== '' && !name.startsWith('_'));
  const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : '';
  if (names.length > 0) return `${key} that this token sees: ${names.slice(0, MAX_NAMES).join(', ')}${more}`;
  return key === 'orgs' ? 'put the org that the token belongs to' : 'make it: influx bucket create';
}

async function retentionRow({ org, bucket }: InfluxSettings, call: Call): Promise<InfluxCheckRow> {
  const name = 'retention';
  const reply = await call(`/api/v2/buckets?${new URLSearchParams({ org, name: bucket })}`).catch(() => undefined);
  const [found] = (reply?.json.buckets ?? []) as { retentionRules?: { everySeconds?: number }[] }[];
  if (found === undefined) return { name, ok: true, detail: 'is not shown to this token, which is no fault' };
  const seconds = Math.max(0, ...(found.retentionRules ?? []).map(({ everySeconds = 0 }) => everySeconds));
  if (seconds === 0) return { name, ok: true, detail: 'points are kept for ever' };
  const detail = `points are removed after ${seconds % 86_400 === 0 ? `${seconds / 86_400} d` : `${seconds / 3_600} h`}`;
  if (seconds >= SHORT_RETENTION_SECONDS) return { name, ok: true, detail };
  const hint = 'a run that goes on later than that has its points refused: influx bucket update --id ID --retention 0';
  return { name, ok: 'warning', detail, hint };
}

function callerOf({ url, token }: InfluxSettings, timeoutMs: number): Call {
  return async (path, { body, isAnonymous = false } = {}) => {
    try {
      const response = await fetch(url + path, {
        headers: isAnonymous ? {} : { authorization: `Token ${token}` },
        // A token is not for whoever an answer names.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { method: 'POST', body }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: objectIn(text) };
    } catch (error) {
      throw unreachable(error, url, timeoutMs);
    }
  };
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** The error of a request in words. */
function unreachable(error: unknown, url: string, timeoutMs: number): Unreachable {
  const { hostname, port, host } = new URL(url);
  const cause = (error as { cause?: unknown }).cause ?? error;
  const code = String((cause as { code?: unknown }).code ?? '');
  const is = (...codes: string[]): boolean => codes.includes(code);
  if ((error as Error).name === 'TimeoutError' || is('UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT')) {
    return new Unreachable(`${host} did not answer within ${timeoutMs / 1_000} s`, 'is a firewall between?');
  }
  if (is('ECONNREFUSED')) {
    const hint = 'start InfluxDB (docker compose up -d), or correct the url';
    return new Unreachable(`${host} refuses the connection: nothing listens there`, hint);
  }
  if (is('ENOTFOUND', 'EAI_AGAIN')) {
    return new Unreachable(`no address is known for the name ${hostname} (${code})`, 'correct the url');
  }
  if (is('EHOSTUNREACH', 'ENETUNREACH')) {
    return new Unreachable(`there is no way to ${host} (${code})`, 'correct the url, or the network');
  }
  if (CERTIFICATE.test(code)) {
    const hint = 'NODE_EXTRA_CA_CERTS=FILE names an authority to trust';
    return new Unreachable(`the certificate of ${host} is not trusted (${code})`, hint);
  }
  if (/SSL|TLS|EPROTO/.test(code)) {
    const hint = `write http:// if the server has no TLS on port ${port || '443'}`;
    return new Unreachable(`${host} does not speak TLS (${code})`, hint);
  }
  if (/^HPE_/.test(code)) return new Unreachable(`${host} answers, but not in HTTP (${code})`, 'correct the url');
  if (is('ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET')) {
    return new Unreachable(`${host} ends the connection without an answer (${code})`, 'does it want https?');
  }
  return new Unreachable(`${host} cannot be reached: ${messageOf(cause)}`, 'correct the url');
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function messageIn({ json, text, status }: Reply): string {
  return String(json.message ?? json.error ?? '') || text || `status ${status}`;
}

/** Text of a server as it can go to a terminal. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 1)}…` : line;
}
