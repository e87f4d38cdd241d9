import { readFileSync } from 'node:fs';
import { ConfigError, VectorEnvironment } from '@ergodic/core';
import {
  type EnvironmentSource,
  FrameSocket,
  type Opened,
  type OpenRequest,
  serve as serveSocket,
  ThreadedVectorEnvironment,
  withSource,
} from '@ergodic/learning';
import { loadParts, tuneEngine } from '@ergodic/workers';
import { type LoadedConfig, loadConfig, UsageError } from '../config/index.ts';
import { describeFailure } from '../failure.ts';

export interface ServeOptions {
  readonly fd: number;
  readonly set?: readonly string[];
  readonly debug?: boolean;
}

/**
 * Serves environments of a config to one client over an inherited socket, until the client closes it. `-` as the config: the
 * first request brings it. What is wrong is told to the client; the exit code is 2 where there is none.
 */
export async function serve(config: string | undefined, options: ServeOptions): Promise<number> {
  const socket = openSocket(options.fd);
  tuneEngine();
  await serveSocket({
    socket,
    version: version(),
    open: (request) => open(config, request, options),
    describe: (error) => describe(error, options.debug === true),
  });
  return 0;
}

function openSocket(fd: number): FrameSocket {
  try {
    return new FrameSocket(fd);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === 'EBADF' ? 'it is not open' : message;
    throw new UsageError(
      `--fd ${fd}: must be a connected socket that this process inherited (${found}); it is what the Python package starts`,
    );
  }
}

async function open(path: string | undefined, request: OpenRequest, { set = [] }: ServeOptions): Promise<Opened> {
  const isData = path === '-';
  if (isData && request.config === undefined)
    throw new UsageError('CONFIG is -, but the first request brings no config');
  const loaded = await loadConfig({
    sets: set,
    environment: true,
    cwd: process.cwd(),
    ...(isData ? { data: request.config } : { path }),
  });
  try {
    return await withSource(loaded.config, async (source) => ({
      environments: await create(source, request),
      notices: source.notices,
    }));
  } catch (error) {
    throw explained(error, loaded);
  }
}

async function create(source: EnvironmentSource, request: OpenRequest): Promise<Opened['environments']> {
  const { count, autoreset, threads, history } = request;
  if (threads > 1 && count > 1) {
    if (history) throw new UsageError('an image of episodes needs threads = 1');
    return ThreadedVectorEnvironment.create(source, { count, autoreset, threads });
  }
  return new VectorEnvironment(source.config, { count, autoreset, parts: await loadParts(source) });
}

/** A ConfigError that came with the parts knows no places in the file. */
function explained(error: unknown, loaded: LoadedConfig): unknown {
  return error instanceof ConfigError ? new UsageError(loaded.explain(error)) : error;
}

/** Errors whose message is for whoever wrote the agent or the config. */
const CLIENT_ERRORS = ['ActionError', 'EnvironmentError', 'EpisodeError', 'RangeError'];

function describe(error: unknown, debug: boolean): { code: string; message: string } {
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  if (debug || !CLIENT_ERRORS.includes(String(name))) {
    return { code: code ?? 'FAULT', message: describeFailure(error, debug) };
  }
  return { code: code ?? 'REQUEST_INVALID', message: String(message) };
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
