import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { syncPath } from '../store/files.ts';

/** The weights that an iteration starts from. */
export interface Weights {
  readonly iteration: number;
  /** Updates that they have had: an iteration of which every episode failed is none. */
  readonly version: number;
  readonly values: Float64Array;
}

/**
 * The weights of each iteration of a training run: `training/000012.f64`, little-endian doubles, the version and then the
 * weights. A file is written under a temporary name, made durable, and renamed.
 */
export class WeightStore {
  readonly dir: string;
  private readonly size: number;

  constructor(runDir: string, size: number) {
    this.dir = join(runDir, 'training');
    this.size = size;
  }

  write({ iteration, version, values }: Weights): void {
    mkdirSync(this.dir, { recursive: true });
    const path = this.pathOf(iteration);
    const temporary = `${path}.tmp`;
    const handle = openSync(temporary, 'w');
    try {
      writeSync(handle, bytesOf(Float64Array.of(version, ...values)));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
    syncPath(this.dir);
  }

  /** Throws RunError `RUN_DAMAGED` where they are not there or not whole. */
  read(iteration: number): Weights {
    const path = this.pathOf(iteration);
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    if (bytes.length !== 8 * (this.size + 1)) {
      const rule = `must hold ${this.size} weights (${8 * (this.size + 1)} bytes)`;
      throw new RunError('RUN_DAMAGED', `${path}: ${rule}, got ${bytes.length} bytes; train anew`);
    }
    const numbers = new Float64Array(this.size + 1);
    Buffer.from(numbers.buffer).set(bytes);
    if (endianness() === 'BE') Buffer.from(numbers.buffer).swap64();
    return { iteration, version: numbers[0]!, values: numbers.slice(1) };
  }

  /** The newest iteration whose weights are there; -1 where there are none. */
  get newest(): number {
    if (!existsSync(this.dir)) return -1;
    const numbers = readdirSync(this.dir).flatMap((name) =>
      /^\d+\.f64$/.test(name) ? [Number.parseInt(name, 10)] : [],
    );
    return numbers.reduce((newest, number) => Math.max(newest, number), -1);
  }

  private pathOf(iteration: number): string {
    return join(this.dir, `${String(iteration).padStart(6, '0')}.f64`);
  }
}

function bytesOf(numbers: Float64Array): Buffer {
  const bytes = Buffer.from(numbers.buffer);
  return endianness() === 'BE' ? Buffer.from(bytes).swap64() : bytes;
}
