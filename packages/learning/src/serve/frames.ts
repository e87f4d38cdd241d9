import { fstatSync, readSync, writevSync } from 'node:fs';

/** Bytes before each payload: four uint32, little-endian: kind, bytes of the payload, and two numbers that the kind explains. */
export const HEADER_BYTES = 16;
/** What a client asks. */
export const REQUEST = { open: 1, reset: 2, step: 3, sync: 4 } as const;
/** What the server answers. */
export const REPLY = { ready: 65, state: 66, error: 67, synced: 68 } as const;

const MOST_BYTES = 2 ** 30;
const RETRY_MS = 1;

/** One frame; the payload is overwritten by the next `read`. It starts at a multiple of 8 bytes. */
export interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** A client sent what is no frame: nothing that follows can be understood. */
export class FrameError extends Error {
  readonly code = 'FRAME_INVALID';
}

/**
 * Frames over a stream socket that this process inherited, read and written with blocking calls: a step costs two system
 * calls and no turn of the event loop.
 */
export class FrameSocket {
  readonly fd: number;
  private bytes: Uint8Array<ArrayBuffer>;
  /** Bytes that were read and not yet handed out. */
  private filled = 0;
  /** Bytes of the frame that was handed out last. */
  private used = 0;
  private readonly header = new Uint32Array(4);

  /** `expectedBytes`: payload of a usual frame. Throws where `fd` is not an open socket. */
  constructor(fd: number, expectedBytes: number = 4_096) {
    if (!fstatSync(fd).isSocket()) throw new FrameError(`file descriptor ${fd} must be a socket, it is something else`);
    this.fd = fd;
    this.bytes = new Uint8Array(HEADER_BYTES + expectedBytes);
  }

  /** The next frame, or null where the other side has closed. */
  read(): Frame | null {
    const { bytes, used } = this;
    if (used > 0) {
      bytes.copyWithin(0, used, this.filled);
      this.filled -= used;
      this.used = 0;
    }
    if (!this.fill(HEADER_BYTES)) return null;
    const [kind, length] = new Uint32Array(this.bytes.buffer, 0, 2) as unknown as [number, number];
    if (length > MOST_BYTES) throw new FrameError(`a frame must have at most ${MOST_BYTES} bytes, got ${length}`);
    if (!this.fill(HEADER_BYTES + length)) return null;
    this.used = HEADER_BYTES + length;
    return { kind, payload: this.bytes.subarray(HEADER_BYTES, this.used) };
  }

  /** Sends a frame whose payload is these arrays, one after the other, as they lie in memory. */
  write(kind: number, parts: readonly ArrayBufferView[], a: number = 0, b: number = 0): void {
    let length = 0;
    for (const part of parts) length += part.byteLength;
    this.header[0] = kind;
    this.header[1] = length;
    this.header[2] = a;
    this.header[3] = b;
    let left: ArrayBufferView[] = [this.header, ...parts];
    let size = HEADER_BYTES + length;
    for (;;) {
      const written = retrying(() => writevSync(this.fd, left as NodeJS.ArrayBufferView[]));
      size -= written;
      if (size === 0) return;
      left = afterBytes(left, written);
    }
  }

  /** Sends a document. */
  writeJson(kind: number, value: unknown): void {
    this.write(kind, [new TextEncoder().encode(JSON.stringify(value))]);
  }

  /** Reads until so many bytes are there; false at the end of the stream. */
  private fill(wanted: number): boolean {
    if (wanted > this.bytes.length) {
      const larger = new Uint8Array(Math.max(wanted, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.filled));
      this.bytes = larger;
    }
    while (this.filled < wanted) {
      const { bytes, filled } = this;
      const got = retrying(() => readSync(this.fd, bytes, filled, bytes.length - filled, null));
      if (got === 0) return false;
      this.filled += got;
    }
    return true;
  }
}

/** The parts that are left when so many bytes of them have gone. */
function afterBytes(parts: readonly ArrayBufferView[], count: number): ArrayBufferView[] {
  let skipped = count;
  const left: ArrayBufferView[] = [];
  for (const part of parts) {
    const { buffer, byteOffset, byteLength } = part;
    if (skipped >= byteLength) skipped -= byteLength;
    else {
      left.push(new Uint8Array(buffer, byteOffset + skipped, byteLength - skipped));
      skipped = 0;
    }
  }
  return left;
}

/** A socket that some client made non-blocking is waited for. */
function retrying(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
