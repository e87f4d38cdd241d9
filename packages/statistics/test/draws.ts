import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import type { Sample } from '../src/sample.ts';

/** The stream of one trial of a test. */
export function streamOf(test: string, trial: number = 0): RandomStream {
  return new RandomStream(substreamKey(rootKey('statistics tests'), trial, test));
}

export function normals(stream: RandomStream, n: number): Float64Array {
  const values = new Float64Array(n);
  stream.fillNormal(values, 0, n);
  return values;
}

export function plain(values: ArrayLike<number>): Sample {
  return { values: Float64Array.from(values), antithetic: false };
}

export function antithetic(values: ArrayLike<number>): Sample {
  return { values: Float64Array.from(values), antithetic: true };
}
