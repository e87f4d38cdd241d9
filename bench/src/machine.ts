import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { C_FLAGS, compilerVersion } from './limit.ts';

/** Where the numbers come from. Results of different machines do not compare, their ratios only roughly. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  readonly compiler: string;
  readonly compilerFlags: string;
}

export function describeMachine(): Machine {
  const compiler = compilerVersion();
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    compiler: 'version' in compiler ? compiler.version : 'none',
    compilerFlags: C_FLAGS.join(' '),
  };
}
