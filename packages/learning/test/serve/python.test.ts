import { execFile, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../../../../python', import.meta.url));
const REQUIREMENTS = path.join(PACKAGE, 'tests/requirements.txt');
const MODULES = readdirSync(path.join(PACKAGE, 'tests'))
  .filter((name) => /^test_\w+\.py$/.test(name))
  .map((name) => name.slice(0, -3));
const INSTALL_MS = 240_000;
const TEST_MS = 600_000;

/** The interpreter of an environment with what the package needs, made once and kept; or why there is none. */
function findPython(): { python: string } | { reason: string } {
  const asked = run('python3', ['-c', 'import sys; print(sys.version); sys.exit(sys.version_info < (3, 10))']);
  if (asked.error !== undefined) return { reason: 'there is no python3 on the PATH' };
  if (asked.status !== 0) return { reason: `Python 3.10 or later is needed, python3 is ${asked.stdout.trim()}` };
  const hash = createHash('sha256').update(asked.stdout).update(readFileSync(REQUIREMENTS)).digest('hex');
  const kept = path.join(tmpdir(), `ergodic-python-${hash.slice(0, 12)}`);
  const python = path.join(kept, 'bin/python');
  if (existsSync(path.join(kept, 'complete'))) return { python };
  const made = mkdtempSync(path.join(tmpdir(), 'ergodic-python-new-'));
  try {
    const venv = run('python3', ['-m', 'venv', made]);
    if (venv.status !== 0) return { reason: `python3 -m venv failed: ${lastLine(venv)}` };
    const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
    const installed = run(path.join(made, 'bin/python'), words);
    if (installed.status !== 0) return { reason: `pip could not install gymnasium and numpy: ${lastLine(installed)}` };
    writeFileSync(path.join(made, 'complete'), '');
    rmSync(kept, { recursive: true, force: true });
    renameSync(made, kept);
    return { python };
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function run(program: string, words: readonly string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, PYTHONPATH: PACKAGE, PYTHONDONTWRITEBYTECODE: '1' };
  return spawnSync(program, words, { cwd: PACKAGE, env, encoding: 'utf8', timeout: TEST_MS - 10_000 });
}

/** As `run`, beside others. */
function runBeside(
  program: string,
  words: readonly string[],
): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = { ...process.env, PYTHONPATH: PACKAGE, PYTHONDONTWRITEBYTECODE: '1' };
  const options = { cwd: PACKAGE, env, encoding: 'utf8', timeout: TEST_MS - 10_000, maxBuffer: 64_000_000 } as const;
  return new Promise((resolve) => {
    execFile(program, words, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ status, stdout, stderr });
    });
  });
}

function lastLine({ stderr, stdout }: SpawnSyncReturns<string>): string {
  return `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '';
}

describe('the Python package', () => {
  let found: ReturnType<typeof findPython>;
  beforeAll(() => {
    found = findPython();
    if ('reason' in found) console.warn(`The tests of the Python package are skipped: ${found.reason}`);
  }, INSTALL_MS);

  it.concurrent.for(MODULES)(
    'passes %s',
    async (module, { skip, expect }) => {
      if ('reason' in found) return skip(found.reason);
      const { status, stderr, stdout } = await runBeside(found.python, ['-m', 'unittest', '-v', `tests.${module}`]);
      for (const line of stderr.split('\n')) if (line.includes('skipped ')) console.warn(line);
      expect(status, `${stdout}\n${stderr}`).toBe(0);
      expect(stderr).toMatch(/^Ran [1-9]/m);
    },
    TEST_MS,
  );
});
