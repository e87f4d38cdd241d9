import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, RunError } from '../errors.ts';

const NAME = 'onnxruntime-node';
const INSTALL = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node';

/** Numbers of a tensor, row by row. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** The part of onnxruntime-node that is used here. The package is optional, so its own types cannot be imported. */
export interface Tensor {
  readonly type: string;
  readonly data: TensorData;
  readonly dims: readonly number[];
}

/** An input or output of a model; a dimension that is not fixed is a name. */
export interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

export type Tensors = Readonly<Record<string, Tensor>>;

export interface Session {
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
  /** With `fetches`, results are written into their data. */
  run(feeds: Tensors, fetches?: Tensors): Promise<Tensors>;
  release(): Promise<void>;
}

export interface Runtime {
  readonly Tensor: new (type: string, data: TensorData, dims: readonly number[]) => Tensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
}

export interface RuntimeLocation {
  /** Absolute path of the package's entry. */
  readonly path: string;
  readonly version: string;
}

/**
 * Finds onnxruntime-node: in the folders that the variable ERGODIC_MODULES lists, from the working directory up, from
 * `folder` up, and beside ergodic.
 *
 * @throws RunError ONNXRUNTIME_MISSING
 */
export function findRuntime(folder: string): RuntimeLocation {
  const listed = (process.env.ERGODIC_MODULES ?? '').split(delimiter).filter((entry) => entry !== '');
  const own = dirname(fileURLToPath(import.meta.url));
  for (const from of [...listed.map((entry) => resolve(entry)), process.cwd(), folder, own]) {
    const require = createRequire(join(from, 'from-here.js'));
    try {
      const path = require.resolve(NAME);
      const manifest = readFileSync(require.resolve(`${NAME}/package.json`), 'utf8');
      return { path, version: (JSON.parse(manifest) as { version: string }).version };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw broken(error);
    }
  }
  const folders = [...new Set([process.cwd(), folder])].join(', nor in ');
  const places = `${folders}, nor beside ergodic, nor in the folders of ERGODIC_MODULES`;
  throw new RunError(
    'ONNXRUNTIME_MISSING',
    `a policy needs the package ${NAME}, it is not in ${places}; install it with: ${INSTALL}`,
  );
}

/** Loads the package. Throws RunError ONNXRUNTIME_MISSING where it does not run on this machine. */
export function loadRuntime(path: string): Runtime {
  try {
    return createRequire(path)(path) as Runtime;
  } catch (error) {
    throw broken(error);
  }
}

function broken(error: unknown): RunError {
  const reason = messageOf(error).split('\n')[0];
  return new RunError(
    'ONNXRUNTIME_MISSING',
    `a policy needs the package ${NAME}, it is there but does not load (${reason}); install it anew with: ${INSTALL}`,
    { cause: error },
  );
}

/**
 * How sessions run: on the calling thread alone, node after node, after none but the rewrites that are the same on every
 * machine. The last bits of a result then follow from the model, the shape of the batch, the processor's kind and the version.
 */
export const SESSION_OPTIONS: Readonly<Record<string, unknown>> = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'basic',
  // Fatal: what is wrong with a model is thrown too.
  logSeverityLevel: 4,
};
