import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Manifest,
  type Progress,
  readManifest,
  resumeEnsemble,
  runEnsemble,
  startTraining,
} from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { configWith, ergodic, folderWith, rowsOf, strategyText } from '../support.ts';

/** Checks at 1,024, 2,048, 4,096 and 6,000; with this seed the rule is met at the third. */
const CONFIG = configWith({ episodes: 6_000, steps: 100 });
const RULE = 'mean(totalReturn) ± 0.0025';

describe('a run with a rule to end', () => {
  it('ends at one size with one digest with 1, 2 and 3 workers: those of a run that was asked for so many', async () => {
    const dir = folderWith();
    const plain = await runEnsemble({ ...CONFIG, episodes: 4_096 }, { dir: join(dir, 'plain'), workers: 2 });
    for (const workers of [1, 2, 3]) {
      const own = join(dir, String(workers));
      const seen: number[] = [];
      const requested = new Set<number>();
      const summary = await runEnsemble(CONFIG, {
        dir: own,
        workers,
        until: RULE,
        onCheck: ({ episodes }) => seen.push(episodes),
        onProgress: (progress: Progress) => requested.add(progress.requested),
      });
      expect(seen).toEqual([1_024, 2_048, 4_096]);
      expect([...requested].at(-1)).toBe(4_096);
      expect(summary.digest).toBe(plain.digest);
      expect(summary.metrics).toEqual(plain.metrics);
      expect(summary.episodes).toEqual({ requested: 4_096, completed: 4_096, ruined: 0, stopped: 0, failed: 0 });
      expect(summary.until).toMatchObject({
        satisfied: true,
        cap: 6_000,
        figure: 'mean(totalReturn)',
        halfWidth: 0.0025,
      });
      const { low, high, value, episodes } = summary.until!.checks.at(-1)!;
      expect(episodes).toBe(4_096);
      expect(value).toBeCloseTo(plain.metrics.totalReturn!.mean!, 12);
      expect(Math.max(high! - value!, value! - low!)).toBeLessThanOrEqual(0.0025);
      const { config, until, kept } = readManifest(own);
      expect(config.episodes).toBe(4_096);
      expect(until).toEqual(summary.until);
      expect(kept).toEqual(readManifest(join(dir, 'plain')).kept);
      // No episode beyond was begun.
      expect(await rowsOf(own, 'episodes', 'CAST(count(*) AS INT), CAST(max(episode) AS INT)')).toEqual([
        [4_096, 4_095],
      ]);
      expect(await (await resumeEnsemble(own)).done).toEqual(summary);
    }
  }, 180_000);

  it('ends the same after it was killed', async () => {
    const dir = folderWith({ 'ergodic.json': JSON.stringify({ ...CONFIG, steps: 1_000 }) });
    const rule = ['--until', 'mean(totalReturn) +- 0.008'];
    const whole = await ergodic(['run', '--out', 'whole', '--json', ...rule], dir);
    const expected = JSON.parse(whole.stdout);
    expect(expected.until).toMatchObject({ satisfied: true });
    expect(expected.until.checks.length).toBeGreaterThan(1);
    for (let ms = 1_300; !existsSync(join(dir, 'killed/run.json')); ms += 1_000) {
      rmSync(join(dir, 'killed'), { recursive: true, force: true });
      await ergodic(['run', '--out', 'killed', '--json', '--workers', '2', ...rule], dir, ms);
    }
    for (const ms of [1_200, 1_500]) await ergodic(['resume', 'killed', '--json'], dir, ms);
    const { code, stdout } = await ergodic(['resume', 'killed', '--json'], dir);
    expect(code).toBe(0);
    const { digest, until } = JSON.parse(stdout);
    expect({ digest, until }).toEqual({ digest: expected.digest, until: expected.until });
  }, 180_000);

  it('that was killed between its last check and its summary makes no check twice', async () => {
    const dir = join(folderWith(), 'run');
    const summary = await runEnsemble(CONFIG, { dir, until: RULE });
    const { summary: _, kept: __, ...manifest } = readManifest(dir);
    writeFileSync(join(dir, 'run.json'), JSON.stringify({ ...manifest, status: 'running' } satisfies Manifest));
    const seen: unknown[] = [];
    const resumed = await (await resumeEnsemble(dir, { onCheck: (check) => seen.push(check) })).done;
    expect(seen).toEqual([]);
    expect(resumed.digest).toBe(summary.digest);
    expect(resumed.until).toEqual(summary.until);
  }, 120_000);

  it('interrupted before a check makes it when it is resumed', async () => {
    const dir = join(folderWith(), 'run');
    const stop = new AbortController();
    const onCheck = (): void => stop.abort();
    const broken = await runEnsemble(CONFIG, { dir, until: RULE, signal: stop.signal, onCheck });
    expect(broken).toMatchObject({ status: 'interrupted', until: { checks: [{ episodes: 1_024 }] } });
    // How many it will be is not known yet.
    expect(broken.episodes.requested).toBe(6_000);
    const seen: number[] = [];
    const resumed = await (await resumeEnsemble(dir, { onCheck: ({ episodes }) => seen.push(episodes) })).done;
    expect(seen).toEqual([2_048, 4_096]);
    expect(resumed).toMatchObject({ status: 'completed', episodes: { requested: 4_096 } });
  }, 120_000);

  it('that does not come to its width runs every episode, and says how many would do', async () => {
    const dir = join(folderWith(), 'run');
    const config = { ...CONFIG, episodes: 1_500, steps: 20 };
    const summary = await runEnsemble(config, { dir, until: 'mean(totalReturn) +- 1e-5' });
    const plain = await runEnsemble(config, { dir: `${dir}-plain` });
    expect(summary.digest).toBe(plain.digest);
    expect(summary.until).toMatchObject({ satisfied: false, checks: [{ episodes: 1_024 }, { episodes: 1_500 }] });
    expect(summary.until!.episodesNeeded).toBeGreaterThan(1_500);
  });

  it('counts failed episodes as run, and checks the others', async () => {
    const folder = folderWith({
      'own.mjs': strategyText(
        `if (market.step === 3 && Math.floor(market.price * 1e6) % 10 === 0) throw new Error('no');
         if (market.step === 4) context.order('buy', 0.1);`,
      ),
    });
    const config = { ...CONFIG, strategy: { use: join(folder, 'own.mjs') }, steps: 20 };
    const summary = await runEnsemble(config, { dir: join(folder, 'run'), until: 'mean(totalReturn) +- 0.01' });
    const { requested, completed, failed } = summary.episodes;
    expect({ requested, sum: completed + failed }).toEqual({ requested: 1_024, sum: 1_024 });
    expect(failed).toBeGreaterThan(50);
    expect(summary.until!.checks).toHaveLength(1);
    expect(summary.until!.checks[0]!.value).toBeCloseTo(summary.metrics.totalReturn!.mean!, 12);
  });

  it('sends the points of its episodes, and of no other', async () => {
    const dir = folderWith();
    const file = join(dir, 'points.lp');
    const config = { ...CONFIG, steps: 20, outputs: { file: { path: file } }, record: { episodes: 2 } };
    const summary = await runEnsemble(config, { dir: join(dir, 'run'), until: 'mean(totalReturn) +- 0.01' });
    expect(summary).toMatchObject({ episodes: { requested: 1_024 }, outputs: { file: { spooled: 0, refused: 0 } } });
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('episodes,'))).toHaveLength(1_024);
    expect(lines.filter((line) => line.startsWith('ensemble,')).at(-1)).toContain('requested=1024i');
  });
});

describe('a rule that cannot be followed', () => {
  it.each([
    ['mean(totalReturn)', 'UNTIL_INVALID'],
    ['mean(totalRetrun) +- 1', 'FIGURE_INVALID'],
    ['min(totalReturn) +- 1', 'UNTIL_INVALID'],
  ])('is refused before anything is written: %s', async (until, code) => {
    const dir = join(folderWith(), 'run');
    await expect(runEnsemble(CONFIG, { dir, until })).rejects.toMatchObject({ code });
    expect(existsSync(dir)).toBe(false);
  });

  it('is that of a training run, whose agent changes', async () => {
    const { strategy: _, ...config } = configWith({ training: { agent: { use: 'q-learning' } } });
    const message = expect.stringContaining('iterations of a training run are all made');
    const refused = startTraining(config, { dir: join(folderWith(), 'run'), until: RULE });
    await expect(refused).rejects.toMatchObject({ code: 'UNTIL_INVALID', message });
  });

  it('ends the command with 2', async () => {
    const dir = folderWith({ 'ergodic.json': JSON.stringify(CONFIG) });
    const { code, stderr } = await ergodic(['run', '--until', 'mean(totalReturn) +- 0'], dir);
    expect(code).toBe(2);
    expect(stderr).toContain('must be a number greater than 0');
  });
});
