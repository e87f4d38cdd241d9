import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG, ergodic, folderWith, removeFolders } from './ergodic.ts';

const LONG_MS = 120_000;
let dir: string;

beforeAll(async () => {
  dir = folderWith({ 'ergodic.yaml': CONFIG });
  expect((await ergodic(dir, 'run', '--out', 'one')).code).toBe(0);
}, LONG_MS);

afterAll(removeFolders);

describe('ergodic report', () => {
  it('prints the path of the page, and of each file that was asked for', { timeout: LONG_MS }, async () => {
    expect(await ergodic(dir, 'report', 'one')).toMatchObject({ code: 0, stdout: 'one/report.html\n' });
    const { code, stdout } = await ergodic(dir, 'report', 'one', '--csv', '--png', '--markdown');
    expect(code).toBe(0);
    const paths = stdout.trim().split('\n');
    expect(paths.slice(0, 3)).toEqual(['one/report.html', 'one/report.md', 'one/figures/headline.csv']);
    expect(paths).toContain('one/figures/equity.png');
    for (const file of paths) expect([file, existsSync(path.join(dir, file))]).toEqual([file, true]);
  });

  it('prints one JSON document of paths and headline estimates', { timeout: LONG_MS }, async () => {
    const { code, stdout } = await ergodic(dir, 'report', 'one', '--json', '--png');
    expect(code).toBe(0);
    const { id, report, markdown, figures, headline } = JSON.parse(stdout);
    expect({ id, report, markdown }).toEqual({ id: 'one', report: path.join(dir, 'one/report.html'), markdown: null });
    expect(figures[0]).toEqual({
      name: 'total-return',
      title: 'Distribution of total return',
      csv: [],
      png: path.join(dir, 'one/figures/total-return.png'),
    });
    expect(headline[0]).toMatchObject({ figure: 'median(totalReturn)', title: 'Median return', n: 40 });
    expect(headline[0].low).toBeLessThan(headline[0].value);
  });

  it('ends with 1 where the run is not completed, and names the command that goes on', {
    timeout: LONG_MS,
  }, async () => {
    const file = path.join(dir, 'one/run.json');
    const whole = readFileSync(file, 'utf8');
    const { summary: _, ...manifest } = JSON.parse(whole);
    writeFileSync(file, JSON.stringify({ ...manifest, status: 'interrupted' }));
    const { code, stdout, stderr } = await ergodic(dir, 'report', 'one');
    writeFileSync(file, whole);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/the run must be completed, it is interrupted; finish it with ergodic resume \S+one\n$/);
  });
});
