import type { OpenRun } from '../prepare.ts';
import type { Database } from '../store/database.ts';
import { readEpisodes } from '../store/episode-table.ts';
import { writeManifest } from '../store/manifest.ts';
import { checked, isDecided, nextSize, type UntilCheck, type UntilState } from './check.ts';
import { parseUntil, type UntilRule } from './rule.ts';

/**
 * Lets a run go on from check to check. A check looks at the first so many episodes by number, when all of them are stored, and no
 * episode beyond is begun before: how a run ends is a function of config and seed. The manifest keeps each check, and a
 * resumed run makes none twice.
 */
export class Stopping {
  private readonly run: OpenRun;
  private readonly rule: UntilRule;
  private readonly onCheck: ((check: UntilCheck, state: UntilState) => void) | undefined;

  constructor(run: OpenRun, onCheck?: (check: UntilCheck, state: UntilState) => void) {
    this.run = run;
    this.rule = parseUntil(run.manifest.until!.text);
    this.onCheck = onCheck;
  }

  /** Batches end at multiples of it, so that they end where a check is. */
  get group(): number {
    return this.state.first;
  }

  /** Episodes that are to run before the next check, or in all. */
  get limit(): number {
    return isDecided(this.state) ? this.run.manifest.config.episodes : nextSize(this.state);
  }

  /** Checks what is stored up to the limit; true where the run goes on. */
  async goesOn(database: Database): Promise<boolean> {
    if (isDecided(this.state)) return false;
    const { dir, manifest } = this.run;
    const episodes = this.limit;
    const table = await readEpisodes(database, dir, manifest, this.rule.figure.columns, episodes);
    const state = checked(this.state, this.rule, table);
    manifest.until = state;
    // From here on it is a run of so many episodes.
    if (state.satisfied) manifest.config = { ...manifest.config, episodes };
    writeManifest(dir, manifest);
    this.onCheck?.(state.checks.at(-1)!, state);
    return !isDecided(state);
  }

  private get state(): UntilState {
    return this.run.manifest.until!;
  }
}
