import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Journal, type JournalEntry } from '../../src/outputs/journal.ts';
import { JOURNAL, REFUSED } from '../../src/outputs/spool.ts';
import { folderWith } from '../support.ts';
import { SpoolModel } from './spool-model.ts';

/** Two segments of three lines: of the first, two are acknowledged and one is refused. */
function halfway(entries: (names: string[]) => Partial<JournalEntry>[] = () => []) {
  const model = new SpoolModel(folderWith());
  const segments = [model.commit(['a v=1 1', 'a v=2 2', 'a v=3 3']), model.commit(['b v=1 1', 'b v=2 2', 'b v=3 3'])];
  const names = segments.map(({ name }) => name);
  const journal = new Journal(join(model.dir, JOURNAL));
  const all = [{ segment: names[0]!, offset: 24, acknowledged: 2, refused: 1, done: true }, ...entries(names)];
  for (const entry of all) {
    journal.add({ segment: '', offset: 0, acknowledged: 0, refused: 0, done: false, ...entry });
  }
  journal.close();
  return { model, names };
}

describe('readSpool', () => {
  test('knows what is delivered, what waits from where, and what the commits promise', () => {
    const { model, names } = halfway(([, second]) => [{ segment: second!, offset: 8, acknowledged: 1 }]);
    rmSync(join(model.dir, names[0]!));
    expect(model.read()).toEqual({
      produced: 6,
      acknowledged: 3,
      refused: 1,
      waiting: [{ name: names[1], bytes: 24, lines: 2, isTelemetry: false, offset: 8, acknowledged: 1, refused: 0 }],
      damaged: [],
      written: undefined,
    });
  });

  test('removes only with `clean` what no commit names, and what a crash left of delivered segments', () => {
    const { model, names } = halfway();
    writeFileSync(join(model.dir, '7-7-uncommitted.lp'), 'c v=1 1\n');
    const before = readdirSync(model.dir);
    model.read();
    expect(readdirSync(model.dir)).toEqual(before);
    model.read(true);
    expect(readdirSync(model.dir).sort()).toEqual([names[1], JOURNAL].sort());
  });

  test('finds segments that are gone or torn damaged, and does not count their replacement twice', () => {
    for (const damage of ['gone', 'torn'] as const) {
      const { model, names } = halfway(([, second]) => [{ segment: second!, offset: 8, acknowledged: 1 }]);
      const path = join(model.dir, names[1]!);
      if (damage === 'gone') rmSync(path);
      else truncateSync(path, 23);
      expect(model.read()).toMatchObject({
        acknowledged: 3,
        waiting: [],
        damaged: [{ name: names[1], acknowledged: 1 }],
      });
      expect(model.open()).toMatchObject({
        produced: 6,
        acknowledged: 2,
        refused: 1,
        damaged: [],
        waiting: [{ lines: 3 }],
      });
    }
  });

  test('cuts a torn last line off telemetry, and does not count telemetry', () => {
    const { model, names } = halfway();
    const path = join(model.dir, 'telemetry-1-2.lp');
    writeFileSync(path, 'workers v=1 1\nworkers v=2');
    const found = model.read().waiting.find(({ isTelemetry }) => isTelemetry);
    expect(found).toMatchObject({ bytes: 14, lines: 1 });
    expect(readFileSync(path, 'utf8')).toHaveLength(25);
    const { waiting, produced } = model.read(true);
    expect(readFileSync(path, 'utf8')).toBe('workers v=1 1\n');
    expect(waiting.map(({ name }) => name).sort()).toEqual([names[1], 'telemetry-1-2.lp'].sort());
    expect(produced).toBe(6);
  });

  test('takes the length of the file from the entry that was written last', () => {
    const { model } = halfway(([first, second]) => [
      { segment: first!, offset: 8, written: 100 },
      { segment: 'telemetry-1-2.lp', offset: 9, done: true, written: 200 },
      { segment: second!, offset: 16, written: 150 },
      { segment: first!, offset: 24, acknowledged: 2, refused: 1, done: true, written: 300 },
    ]);
    expect(model.read().written).toBe(300);
  });

  describe('where a crash came while refused lines were made a segment again', () => {
    const name = 'resent-1.lp';

    test('before the journal knew of it: they stay refused', () => {
      const { model } = halfway();
      writeFileSync(join(model.dir, REFUSED), '{"line":"a v=3 3"}\n');
      writeFileSync(join(model.dir, `${name}.tmp`), 'a v=3 ');
      expect(model.read(true)).toMatchObject({ acknowledged: 2, refused: 1, waiting: [{ lines: 3 }] });
      expect(existsSync(join(model.dir, `${name}.tmp`))).toBe(false);
      expect(existsSync(join(model.dir, REFUSED))).toBe(true);
    });

    test.each([false, true])('after that: they wait (names given already: %s)', (isRenamed) => {
      const { model } = halfway(() => [{ segment: name, refused: -1 }]);
      writeFileSync(join(model.dir, isRenamed ? `${name}.refused` : REFUSED), '{"line":"a v=3 3"}\n');
      writeFileSync(join(model.dir, `${name}.tmp`), 'a v=3 3\n');
      const { acknowledged, refused, waiting } = model.read(true);
      expect([acknowledged, refused]).toEqual([2, 0]);
      expect(waiting.find((segment) => segment.name === name)).toMatchObject({ lines: 1, refused: -1 });
      expect(existsSync(join(model.dir, REFUSED))).toBe(false);
      expect(existsSync(join(model.dir, `${name}.refused`))).toBe(true);
    });
  });
});
