import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resumeEnsemble, runEnsemble, startEnsemble } from '@ergodic/workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { configWith, folderWith, strategyText } from '../support.ts';

const CSV = [
  'time,open,high,low,close',
  ...Array.from({ length: 300 }, (_, i) => {
    const price = 100 + (i % 7);
    return `${new Date(Date.UTC(2026, 0, 1) + i * 3_600_000).toISOString()},${price},${price + 1},${price - 1},${price}`;
  }),
].join('\n');
const dir = folderWith({
  'own.mjs': strategyText("context.signal(market.step % 4 < 2 ? 'LONG' : 'FLAT');"),
  'a.csv': CSV,
});
const CONFIG = configWith({
  episodes: 1_500,
  steps: 2_000,
  markets: { A: { process: 'bootstrap', file: join(dir, 'a.csv') } },
  strategy: { use: join(dir, 'own.mjs') },
});
let digest = '';
let copies = 0;

/** A run that was interrupted after its first parts. */
function interrupted(): string {
  const copy = join(dir, `copy-${copies++}`);
  cpSync(join(dir, 'broken'), copy, { recursive: true });
  return copy;
}

beforeAll(async () => {
  ({ digest } = await runEnsemble(CONFIG, { dir: join(dir, 'whole'), workers: 2 }));
  const run = await startEnsemble(CONFIG, { dir: join(dir, 'broken'), workers: 2 });
  while (readdirSync(join(dir, 'broken/parts')).every((name) => name.endsWith('.tmp'))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  run.stop();
  expect((await run.done).status).toBe('interrupted');
}, 60_000);

describe('a run directory', () => {
  it('drops a part that was not committed, and runs its batches anew', async () => {
    const copy = interrupted();
    const parts = join(copy, 'parts');
    const [first] = readdirSync(parts);
    cpSync(join(parts, first!), join(parts, '000099.tmp'), { recursive: true });
    writeFileSync(join(parts, '000099.tmp/episodes.parquet'), 'PAR1 half written');
    mkdirSync(join(parts, '000100.tmp'));
    writeFileSync(join(copy, 'run.json.tmp'), '{ "schema": 1, ');
    const summary = await (await resumeEnsemble(copy, { workers: 2 })).done;
    expect(summary).toMatchObject({ digest, status: 'completed' });
    expect(readdirSync(parts).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 30_000);

  it('runs anew what a removed part held', async () => {
    const copy = join(dir, 'holes');
    cpSync(join(dir, 'whole'), copy, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(copy, 'run.json'), 'utf8')) as { status: string };
    writeFileSync(join(copy, 'run.json'), JSON.stringify({ ...manifest, status: 'running', summary: undefined }));
    const { rmSync } = await import('node:fs');
    rmSync(join(copy, 'parts/000001'), { recursive: true });
    expect((await (await resumeEnsemble(copy, { workers: 2 })).done).digest).toBe(digest);
  }, 30_000);

  it.each([
    ['half', '{ "schema": 1, "id"'],
    ['empty', ''],
    ['null', 'null'],
    ['of another schema', '{ "schema": 2 }'],
  ])('with a run.json that is %s is RUN_DAMAGED', async (_, text) => {
    const copy = folderWith({ 'run.json': text });
    await expect(resumeEnsemble(copy)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: expect.stringContaining('run.json'),
    });
  });

  it('with a damaged commit.json is RUN_DAMAGED, and names it', async () => {
    const copy = interrupted();
    const part = join(copy, 'parts', readdirSync(join(copy, 'parts'))[0]!);
    writeFileSync(join(part, 'commit.json'), '{');
    await expect(resumeEnsemble(copy)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: expect.stringContaining('commit.json'),
    });
    expect(existsSync(join(copy, 'run.lock'))).toBe(false);
  });

  it('is RUN_LOCKED while it is worked on, by this process or another', async () => {
    const copy = interrupted();
    const run = await resumeEnsemble(copy, { workers: 1 });
    await expect(resumeEnsemble(copy)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    run.stop();
    await run.done;
    writeFileSync(join(copy, 'run.lock'), '1');
    await expect(resumeEnsemble(copy)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    // No process has this id: its lock is stale.
    writeFileSync(join(copy, 'run.lock'), '4194305');
    const again = await resumeEnsemble(copy);
    again.stop();
    expect((await again.done).status).toBe('interrupted');
  }, 30_000);

  it('whose inputs changed is INPUT_CHANGED, and names the file', async () => {
    const copy = interrupted();
    const [bundle] = readdirSync(join(copy, 'inputs'));
    appendFileSync(join(copy, 'inputs', bundle!), '\n// edited');
    await expect(resumeEnsemble(copy)).rejects.toMatchObject({
      code: 'INPUT_CHANGED',
      message: expect.stringContaining(bundle!),
    });
    const other = interrupted();
    writeFileSync(join(dir, 'a.csv'), CSV.replace('100,', '100.5,'));
    const refused = resumeEnsemble(other);
    await expect(refused).rejects.toMatchObject({ code: 'INPUT_CHANGED', message: expect.stringContaining('a.csv') });
    writeFileSync(join(dir, 'a.csv'), CSV);
  });

  it('that is not empty is refused and left as it is', async () => {
    const taken = folderWith({ 'notes.txt': 'mine' });
    await expect(runEnsemble(CONFIG, { dir: taken })).rejects.toMatchObject({ code: 'RUN_DIR_NOT_EMPTY' });
    expect(readdirSync(taken)).toEqual(['notes.txt']);
    expect(readFileSync(join(taken, 'notes.txt'), 'utf8')).toBe('mine');
  });
});
