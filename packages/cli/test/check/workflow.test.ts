import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { folderWith, MAIN, removeFolders } from '../cli/ergodic.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly permissions: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: { readonly check: { readonly steps: readonly Step[] } };
}

const workflow = parse(readFileSync(path.join(ROOT, '.github/workflows/strategy.yml'), 'utf8')) as Workflow;
const { steps } = workflow.jobs.check;
const stepNamed = (name: string): string => steps.find((step) => step.name === name)!.run!;

afterAll(removeFolders);

/** Runs steps as a job does, with `npx ergodic` as the built command, in a repository that has only the example. */
function runSteps(dir: string, ...names: readonly string[]): { status: number | null; stderr: string } {
  const bin = folderWith({ npx: `#!/bin/sh\nshift\nexec ${process.execPath} ${MAIN} "$@"\n` });
  chmodSync(path.join(bin, 'npx'), 0o755);
  const env = { ...process.env, ...workflow.env, BASE_SHA: 'HEAD', PATH: `${bin}:${process.env.PATH}` };
  let outcome = { status: null as number | null, stderr: '' };
  for (const name of names) {
    outcome = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', stepNamed(name)], { cwd: dir, env, encoding: 'utf8' });
    if (outcome.status !== 0) break;
  }
  return outcome;
}

describe('the workflow of a strategy', () => {
  test('pins its actions, and may read alone', () => {
    const used = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used).toHaveLength(3);
    for (const action of used) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  test('passes for the example, alone and against itself', () => {
    const dir = path.join(folderWith(), 'repository');
    cpSync(path.join(ROOT, 'examples/quickstart'), path.join(dir, 'examples/quickstart'), { recursive: true });
    const alone = runSteps(dir, 'Check', 'Report');
    expect(alone.stderr).not.toContain('exit code');
    expect(alone.status).toBe(0);
    expect(existsSync(path.join(dir, 'check.xml'))).toBe(true);
    expect(existsSync(path.join(dir, 'runs/strategy/report.html'))).toBe(true);
    const git = (...args: string[]): void => {
      const own = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'init.defaultBranch=main'];
      execFileSync('git', [...own, ...args], { cwd: dir, stdio: 'ignore' });
    };
    git('init');
    git('add', 'examples');
    git('commit', '-m', 'base');
    execFileSync('rm', ['-r', 'runs', 'check.xml'], { cwd: dir });
    expect(runSteps(dir, 'Baseline', 'Check')).toMatchObject({ status: 0 });
    expect(readFileSync(path.join(dir, 'check.xml'), 'utf8')).toContain('mean(totalReturn) no worse than baseline');
  }, 180_000);
});
