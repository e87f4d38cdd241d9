import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resumeEnsemble, runEnsemble, startEnsemble } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { configWith, ergodic, folderWith } from './support.ts';

const LONG = configWith({ episodes: 600, steps: 4_000 });

describe('one truth', () => {
  it('gives one digest with 1, 2 and 5 workers, interrupted at any moment or not', async () => {
    const dir = folderWith();
    const digests = new Set<string>();
    const figures = new Set<string>();
    for (const workers of [1, 2, 5]) {
      const summary = await runEnsemble(LONG, { dir: join(dir, String(workers)), workers });
      expect(summary).toMatchObject({ status: 'completed', reproducible: true, mismatches: [] });
      digests.add(summary.digest);
      figures.add(JSON.stringify(summary.metrics));
    }
    const broken = join(dir, 'broken');
    let run = await startEnsemble(LONG, { dir: broken, workers: 2, signal: AbortSignal.timeout(120) });
    let summary = await run.done;
    expect(summary.status).toBe('interrupted');
    // Not random, so that a failure can be repeated; the machine makes the moments random enough.
    for (const [i, ms] of [30, 400, 300, 500].entries()) {
      run = await resumeEnsemble(broken, { workers: 1 + (i % 3), signal: AbortSignal.timeout(ms) });
      summary = await run.done;
    }
    summary = await (await resumeEnsemble(broken, { workers: 3 })).done;
    expect(summary.status).toBe('completed');
    digests.add(summary.digest);
    figures.add(JSON.stringify(summary.metrics));
    expect([...digests]).toHaveLength(1);
    expect([...figures]).toHaveLength(1);
    const again = await (await resumeEnsemble(broken)).done;
    expect(again).toEqual(summary);
  }, 60_000);

  it('comes to the same digest after kill -9', async () => {
    const dir = folderWith({ 'ergodic.json': JSON.stringify(LONG) });
    const whole = await ergodic(['run', '--out', 'whole', '--json'], dir);
    expect(whole.code).toBe(0);
    const { digest } = JSON.parse(whole.stdout) as { digest: string };
    // On a busy machine a run may be killed before it has a manifest: that one never began.
    for (let ms = 1_100; !existsSync(join(dir, 'killed/run.json')); ms += 1_000) {
      rmSync(join(dir, 'killed'), { recursive: true, force: true });
      await ergodic(['run', '--out', 'killed', '--json', '--workers', '2'], dir, ms);
    }
    for (const ms of [1_000, 1_300]) await ergodic(['resume', 'killed', '--json'], dir, ms);
    const outcome = await ergodic(['resume', 'killed', '--json'], dir);
    expect(outcome.stderr).not.toMatch(/error/i);
    expect(outcome.code).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ digest, status: 'completed' });
  }, 60_000);

  it('resumes a run whose signal was aborted before the first batch', async () => {
    const dir = folderWith();
    const summary = await runEnsemble(configWith(), { dir: join(dir, 'run'), signal: AbortSignal.abort() });
    expect(summary).toMatchObject({ status: 'interrupted', episodes: { completed: 0 } });
    await delay(1);
    expect(await (await resumeEnsemble(join(dir, 'run'))).done).toMatchObject({ episodes: { completed: 60 } });
  });
});
