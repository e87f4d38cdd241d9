import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputName, SegmentInfo } from '../../src/outputs/segment.ts';
import { JOURNAL, REFUSED, readSpool, type SpoolContent, spoolDir } from '../../src/outputs/spool.ts';
import { NOTHING, type PartInfo } from '../../src/store/parts.ts';

/** Park and Miller's generator, 0 to 1: what a seed did can be done again. */
export function generator(seed: number): () => number {
  let state = seed * 7_919 + 1;
  for (let i = 0; i < 5; i++) state = (state * 48_271) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A run directory with nothing but a spool, and the commits that name its segments. */
export class SpoolModel {
  readonly dir: string;
  readonly runDir: string;
  readonly parts: PartInfo[] = [];
  private readonly output: OutputName;
  private names = 0;
  private readonly texts = new Map<string, readonly string[]>();

  constructor(runDir: string, output: OutputName = 'influx') {
    this.runDir = runDir;
    this.output = output;
    this.dir = spoolDir(runDir, output);
    mkdirSync(this.dir, { recursive: true });
  }

  /** Writes and commits a segment; `replaced` was damaged. */
  commit(lines: readonly string[], replaced?: string): SegmentInfo {
    const name = `${this.names}-${this.names++}-x.lp`;
    const text = lines.map((line) => `${line}\n`).join('');
    writeFileSync(join(this.dir, name), text);
    this.texts.set(name, lines);
    const about = { output: this.output, from: 0, to: 1, scope: 'all' } as const;
    const segment: SegmentInfo = { ...about, name, lines: lines.length, bytes: Buffer.byteLength(text) };
    this.parts.push({ ...NOTHING, segments: [segment], ...(replaced === undefined ? {} : { replaced: [replaced] }) });
    return segment;
  }

  telemetry(lines: readonly string[]): void {
    writeFileSync(join(this.dir, `telemetry-${this.names++}-1.lp`), lines.map((line) => `${line}\n`).join(''));
  }

  read(clean = false): SpoolContent {
    return readSpool(this.runDir, this.output, this.parts, clean);
  }

  /** As a resume does: what is damaged is written anew. */
  open(): SpoolContent {
    for (const { name } of this.read(true).damaged) this.commit(this.texts.get(name)!, name);
    return this.read(true);
  }

  /** Takes bytes off the end of the journal, as a crash may. */
  tear(bytes: number): void {
    const path = join(this.dir, JOURNAL);
    if (existsSync(path)) truncateSync(path, Math.max(0, statSync(path).size - bytes));
  }

  /** Lines of refused.ndjson, with why. */
  refused(): { line: string; status: number; reason: string; isTelemetry?: boolean }[] {
    const path = join(this.dir, REFUSED);
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text));
  }
}
