import { configJsonSchema } from '@ergodic/core';
import { printJson } from '../output.ts';

export async function schema(): Promise<number> {
  printJson(configJsonSchema());
  return 0;
}
