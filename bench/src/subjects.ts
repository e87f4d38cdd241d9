import { randomRun } from './environments.ts';
import { reference } from './reference.ts';
import { second } from './second/second.ts';
import type { Subject } from './subject.ts';

/** The measured episodes, by name; `reference` and `second` have C programs at `bench/c/<name>.c`. */
export const subjects: Readonly<Record<string, Subject>> = { reference, second, 'random-actions': randomRun };
