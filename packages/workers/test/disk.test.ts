import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { configWith, ergodic, folderWith, mountDisk } from './support.ts';

const CONFIG = configWith({ episodes: 400, steps: 1_000, record: { episodes: 400 } });
const dir = folderWith({ 'ergodic.json': JSON.stringify(CONFIG), 'disk/.keep': '' });
const disk = join(dir, 'disk');

const isMounted = mountDisk(disk, '2m');

describe('a full disk', () => {
  it.skipIf(!isMounted)(
    'ends the run with 1 and its reason; resume goes on when there is room',
    async () => {
      const whole = await runEnsemble(CONFIG, { dir: join(dir, 'whole'), workers: 2 });
      const full = await ergodic(['run', '--out', 'disk/run', '--json'], dir);
      expect(full.code).toBe(1);
      expect(full.stderr).toMatch(/results cannot be stored: .*(space|full).*ergodic resume/is);
      expect(readdirSync(join(disk, 'run/parts')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      execFileSync('mount', ['-o', 'remount,size=200m', disk]);
      const resumed = await ergodic(['resume', 'disk/run', '--json'], dir);
      expect(resumed.code).toBe(0);
      expect(JSON.parse(resumed.stdout)).toMatchObject({ digest: whole.digest, status: 'completed' });
    },
    60_000,
  );
});
