import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { type Sink, SinkFailure } from './sink.ts';

/** Adds points to a file. What a delivery left half-written is cut off before the next. */
export class FileSink implements Sink {
  readonly lanes: number = 1;
  written: number;
  private readonly handle: number;

  /** `written`: how much of the file the journal knows; undefined where it knows nothing. */
  constructor(path: string, written: number | undefined) {
    this.handle = openSync(path, 'a');
    this.written = Math.min(written ?? 0, fstatSync(this.handle).size);
    ftruncateSync(this.handle, this.written);
  }

  async write(body: Buffer): Promise<void> {
    try {
      let at = 0;
      while (at < body.length) at += writeSync(this.handle, body, at);
      fdatasyncSync(this.handle);
      this.written += body.length;
    } catch (error) {
      ftruncateSync(this.handle, this.written);
      throw new SinkFailure('retry', messageOf(error));
    }
  }

  close(): void {
    closeSync(this.handle);
  }
}
