import type { ThrownRecord } from './errors.ts';
import type { Key } from './task.ts';

/** What a thread starts with (its `workerData`). */
export interface ThreadStart {
  readonly url: string;
  readonly handler: string | undefined;
  readonly create: string;
  readonly data: unknown;
  readonly isBatch: boolean;
}

export type ToThread =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly events: readonly unknown[];
      readonly attempt: number;
      readonly key: Key | undefined;
    }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'close' };

/** What became of one event of a call. */
export type ThreadOutcome =
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly thrown: ThrownRecord }
  | { readonly kind: 'invalid'; readonly rule: string };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unloadable'; readonly thrown: ThrownRecord }
  /** All events of the call have a result: the usual answer, without an object for each. */
  | { readonly kind: 'results'; readonly id: number; readonly values: readonly unknown[] }
  | { readonly kind: 'outcomes'; readonly id: number; readonly outcomes: readonly ThreadOutcome[] }
  /** An error outside of every handler's promise is about to end the thread; `origin`: the call it comes from, in words. */
  | { readonly kind: 'late'; readonly origin: string; readonly isRejection: boolean; readonly thrown: ThrownRecord }
  | { readonly kind: 'closed'; readonly thrown: ThrownRecord | undefined };
