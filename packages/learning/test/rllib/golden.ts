import { readFileSync } from 'node:fs';
import type { Space } from '@ergodic/core';
import { FrameDecoder } from '../../src/rllib/frames.ts';
import { type Parameters, serverState } from '../../src/rllib/messages.ts';

/** What golden/record.py wrote of a module: see there. */
export interface Golden {
  readonly observationSize: number;
  readonly actionSpace: Space;
  readonly observations: readonly (readonly number[])[];
  readonly steps: readonly {
    readonly inputs: readonly number[];
    readonly action: number | readonly number[];
    readonly logp: number;
    readonly state?: { readonly h: readonly number[]; readonly c: readonly number[] };
  }[];
}

export function frame(name: string): Buffer {
  return readFileSync(new URL(`golden/${name}.frame`, import.meta.url));
}

export function message(name: string): Map<unknown, unknown> {
  return new FrameDecoder().push(frame(name))[0]!;
}

/** The weights in a recorded SET_STATE. */
export function recordedParameters(name: string): Parameters {
  return serverState(message(name)).parameters();
}

export function golden(name: string): Golden {
  const read = JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as Golden;
  const space = read.actionSpace as { type: string; low: number[]; high: number[]; shape: number[] };
  if (space.type !== 'box') return read;
  const actionSpace = { ...space, low: Float32Array.from(space.low), high: Float32Array.from(space.high) } as Space;
  return { ...read, actionSpace };
}
