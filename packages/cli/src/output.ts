import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import pc from 'picocolors';

const STDOUT = 1;
const RETRY_MS = 5;
const PIECE_BYTES = 1_048_576;

let isClosed = false;

/** Whether whoever read standard output has gone (`| head`). That is no error, and there is nothing left to print. */
export function isOutputClosed(): boolean {
  return isClosed;
}

/**
 * Writes a result to standard output and returns when it is there: a slow reader slows us down, and memory stays flat.
 */
export function print(text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length && !isClosed; ) {
    try {
      at += writeSync(STDOUT, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') isClosed = true;
      else if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      else throw error;
    }
  }
}

/** Prints what a file holds, a piece at a time. */
export function printFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let length = 1; length > 0 && !isOutputClosed(); ) {
      length = readSync(handle, piece);
      print(piece.subarray(0, length));
    }
  } finally {
    closeSync(handle);
  }
}

export function printJson(value: unknown): void {
  print(`${JSON.stringify(value, null, 2)}\n`);
}

/** A remark for a person, on standard error. */
export function notice(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Standard output is for results alone: what a strategy prints, here or in a worker, goes to standard error, and a reader
 * that has gone ends neither stream with an error.
 */
export function reserveOutput(): void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.stdout.write = ((...args: Parameters<typeof process.stderr.write>) => {
    process.stderr.write(...args);
    return true;
  }) as typeof process.stdout.write;
}

/** Colours of what is printed to this stream: none unless it is a terminal. */
export function colorsFor(stream: NodeJS.WriteStream): ReturnType<typeof pc.createColors> {
  return pc.createColors(stream.isTTY === true && pc.isColorSupported);
}
