import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteWriter } from './bytes.ts';
import type { Series } from './encode.ts';

export type OutputName = 'influx' | 'file';

/** A file of points, one a line, in the spool of an output. */
export interface SegmentInfo {
  readonly output: OutputName;
  /** Name within the spool of its output. */
  readonly name: string;
  readonly lines: number;
  readonly bytes: number;
  /** Episodes whose points it holds, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly scope: PointScope;
}

/**
 * Which points: of `all` kinds; the `streams` of episodes whose record is there already; the `labels` that say which episodes are
 * worst, median and best.
 */
export type PointScope = 'all' | 'streams' | 'labels';

/** Writes a segment as it comes, holding little of it. */
export class SegmentWriter {
  readonly name: string;
  private readonly path: string;
  private readonly handle: number;
  private readonly out: ByteWriter;
  private lines = 0;
  private bytes = 0;

  /** The name is `stem` with the time behind it: one that a journal or a commit knows is never used again. */
  constructor(dir: string, stem: string, extension: string) {
    const { name, handle } = createNew(dir, stem, extension);
    this.name = name;
    this.path = join(dir, name);
    this.handle = handle;
    this.out = new ByteWriter((bytes) => {
      writeFileSync(handle, bytes);
      this.bytes += bytes.length;
    });
  }

  /** Adds the next point of a series; one without a value in any field is none. */
  add(series: Series, micros: number, sequence: number): void {
    if (series.write(micros, sequence, this.out)) this.lines++;
  }

  /** Ends the file; null, and no file, where nothing was added. */
  close(about: Pick<SegmentInfo, 'output' | 'from' | 'to' | 'scope'>): SegmentInfo | null {
    this.out.flush();
    closeSync(this.handle);
    const { name, lines, bytes } = this;
    if (lines > 0) return { ...about, name, lines, bytes };
    rmSync(this.path);
    return null;
  }

  /** Gives the file up. */
  discard(): void {
    closeSync(this.handle);
    rmSync(this.path, { force: true });
  }
}

function createNew(dir: string, stem: string, extension: string): { name: string; handle: number } {
  for (let time = Date.now(); ; time++) {
    const name = `${stem}-${time.toString(36)}.${extension}`;
    try {
      return { name, handle: openSync(join(dir, name), 'wx') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
