import type { EpisodeTable } from '@ergodic/statistics';
import { Database, type Manifest, RunError, readEpisodes, readManifest, type Summary } from '@ergodic/workers';

/** A stored run that is completed. Close it. */
export class StoredRun {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
  readonly database: Database;

  private constructor(dir: string, manifest: Manifest, summary: Summary, database: Database) {
    this.dir = dir;
    this.manifest = manifest;
    this.summary = summary;
    this.database = database;
  }

  /** Throws RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`, or `RUN_UNFINISHED`: a part of the episodes would pass for all of them. */
  static async open(dir: string): Promise<StoredRun> {
    const manifest = readManifest(dir);
    const { summary, status } = manifest;
    if (summary === undefined || status !== 'completed') {
      const rule = `the run must be completed, it is ${status}`;
      throw new RunError('RUN_UNFINISHED', `${dir}: ${rule}; finish it with ergodic resume ${dir}`);
    }
    return new StoredRun(dir, manifest, summary, await Database.open());
  }

  /** Reads columns of its episodes; `below` takes the first episodes only. */
  episodes(columns: readonly string[], below?: number): Promise<EpisodeTable> {
    return readEpisodes(this.database, this.dir, this.manifest, columns, below);
  }

  close(): void {
    this.database.close();
  }
}
