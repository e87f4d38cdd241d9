import type { AutoresetMode } from '@ergodic/core';

/** Rises with each change that an older client would not understand. */
export const PROTOCOL_VERSION = 1;

/** The first request: what to make. */
export interface OpenRequest {
  readonly protocol: number;
  /** The config as data, where no file was named. */
  readonly config?: unknown;
  /** Name and folder of that data, for messages and for the files that it names. */
  readonly folder?: string;
  readonly count: number;
  readonly autoreset: AutoresetMode;
  readonly threads: number;
  /** Send time, prices and positions with each state: what an image of the episode is drawn from. */
  readonly history: boolean;
}

export interface ResetRequest {
  readonly seed?: string | readonly string[];
  readonly episodes?: readonly number[];
  /** Numbers of the environments to reset; default: all. */
  readonly only?: readonly number[];
}

/** Types of numbers, as NumPy writes them. */
export type NumberType = '<f4' | '<f8' | '<u1';

/** One array of a state: so many numbers an environment, one environment after the other. */
export interface Block {
  readonly name: string;
  readonly type: NumberType;
  readonly width: number;
}

/** A request is not one that the protocol has. Nothing has changed. */
export class RequestError extends Error {
  readonly code = 'REQUEST_INVALID';
}

/** Reads a request's document. Throws RequestError. */
export function parseOpen(payload: Uint8Array): OpenRequest {
  const request = parseDocument(payload) as Partial<OpenRequest>;
  const { protocol, count, autoreset, threads = 1, history = false } = request;
  if (protocol !== PROTOCOL_VERSION) {
    throw new RequestError(
      `the client speaks version ${protocol} of the protocol, this server ${PROTOCOL_VERSION}: install both from one release`,
    );
  }
  if (!isCount(count))
    throw new RequestError(`the number of environments must be a whole number of 1 or more, got ${count}`);
  if (!isCount(threads)) throw new RequestError(`threads must be a whole number of 1 or more, got ${threads}`);
  if (!['next-step', 'same-step', 'disabled'].includes(autoreset as string)) {
    throw new RequestError(`autoreset must be next-step, same-step or disabled, got ${autoreset}`);
  }
  return { ...(request as OpenRequest), count, threads, history };
}

export function parseReset(payload: Uint8Array): ResetRequest {
  return parseDocument(payload) as ResetRequest;
}

function parseDocument(payload: Uint8Array): object {
  const value: unknown = JSON.parse(new TextDecoder().decode(payload));
  if (typeof value === 'object' && value !== null) return value;
  throw new RequestError(`a request must be a JSON object, got ${JSON.stringify(value)}`);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
