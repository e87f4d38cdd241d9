import type { Environments } from '../threads/environments.ts';
import { type FrameSocket, REPLY, REQUEST } from './frames.ts';
import { type OpenRequest, PROTOCOL_VERSION, parseOpen, parseReset, RequestError } from './protocol.ts';
import { StateWriter } from './state.ts';

/** Environments that a request asked for, and what was noticed on the way. */
export interface Opened {
  readonly environments: Environments;
  /** Remarks on files and parameters, one line each. */
  readonly notices?: readonly string[];
}

export interface ServeOptions {
  readonly socket: FrameSocket;
  readonly version: string;
  /** Makes what the first request asks for. */
  readonly open: (request: OpenRequest) => Promise<Opened>;
  /** The text and code of an error, for the client. */
  readonly describe: (error: unknown) => { readonly code: string; readonly message: string };
}

/**
 * Serves one client until it closes the socket: it opens environments, and then resets and steps them. Each request has one
 * answer; an error is one too, and the next request is served. Blocks the thread between the first request and the end.
 */
export async function serve({ socket, version, open, describe }: ServeOptions): Promise<void> {
  const first = socket.read();
  if (first === null) return;
  let environments: Environments | undefined;
  try {
    if (first.kind !== REQUEST.open)
      throw new RequestError(`the first request must be ${REQUEST.open}, got ${first.kind}`);
    const request = parseOpen(first.payload);
    const opened = await open(request);
    environments = opened.environments;
    const states = new StateWriter(environments, socket, request.history);
    socket.writeJson(REPLY.ready, {
      protocol: PROTOCOL_VERSION,
      version,
      node: process.versions.node,
      pid: process.pid,
      observationSpace: describeSpace(environments.observationSpace),
      actionSpace: describeSpace(environments.actionSpace),
      observationLabels: environments.observationLabels,
      rewardNames: environments.rewardNames,
      fields: environments.fields,
      symbols: environments.symbols,
      blocks: states.blocks,
      notices: opened.notices ?? [],
    });
    answerAll(socket, environments, states, describe);
  } catch (error) {
    if (isGone(error)) return;
    socket.writeJson(REPLY.error, describe(error));
  } finally {
    environments?.close?.();
  }
}

function answerAll(
  socket: FrameSocket,
  environments: Environments,
  states: StateWriter,
  describe: ServeOptions['describe'],
): void {
  for (;;) {
    const frame = socket.read();
    if (frame === null) return;
    const { kind, payload } = frame;
    if (kind === REQUEST.sync) {
      socket.write(REPLY.synced, [payload]);
      continue;
    }
    try {
      if (kind === REQUEST.step) environments.step(actionsOf(environments, payload));
      else if (kind === REQUEST.reset) reset(environments, payload);
      else throw new RequestError(`there is no request ${kind}`);
    } catch (error) {
      socket.writeJson(REPLY.error, describe(error));
      continue;
    }
    states.write();
  }
}

/** Numbers of actions: float32 for a box, else int32. A length that does not fit is told by `step`. */
function actionsOf({ actionSpace }: Environments, payload: Uint8Array<ArrayBuffer>): ArrayLike<number> {
  const length = payload.length >> 2;
  const { buffer, byteOffset } = payload;
  if (actionSpace.type === 'box') return new Float32Array(buffer, byteOffset, length);
  return new Int32Array(buffer, byteOffset, length);
}

function reset(environments: Environments, payload: Uint8Array): void {
  const { seed, episodes, only } = parseReset(payload);
  const mask = only === undefined ? undefined : new Uint8Array(environments.count);
  for (const i of only ?? []) mask![i] = 1;
  environments.reset({
    ...(seed === undefined ? {} : { seed }),
    ...(episodes === undefined ? {} : { episodes }),
    ...(mask === undefined ? {} : { mask }),
  });
}

/** A space as JSON has it: infinite bounds as text. */
function describeSpace(space: Environments['actionSpace']): object {
  if (space.type !== 'box') return space;
  const bounds = (values: Float32Array): (number | string)[] =>
    Array.from(values, (value) => (Number.isFinite(value) ? value : String(value)));
  return { type: 'box', shape: space.shape, low: bounds(space.low), high: bounds(space.high) };
}

/** The client has gone while an answer was on its way. */
function isGone(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'EPIPE' || code === 'ECONNRESET';
}
