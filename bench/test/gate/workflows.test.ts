import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDER = path.join(ROOT, '.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const scripts = Object.keys(
  (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts,
);
const readWorkflow = (name: string): Workflow => parse(readFileSync(path.join(FOLDER, name), 'utf8')) as Workflow;
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps }) => steps);

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const text = readFileSync(path.join(FOLDER, name), 'utf8');
  const workflow = readWorkflow(name);

  test('is YAML without tabs, with triggers, jobs and a limit on their time', () => {
    expect(text).not.toContain('\t');
    expect(Object.keys(workflow.on).length).toBeGreaterThan(0);
    for (const job of Object.values(workflow.jobs)) {
      expect(job['runs-on']).toMatch(/^ubuntu-\d/);
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const step of job.steps) expect([step.uses, step.run].filter((one) => one !== undefined)).toHaveLength(1);
    }
  });

  test('names npm scripts that exist', () => {
    const commands = stepsOf(workflow).flatMap(({ run = '' }) => [...run.matchAll(/npm run (?:-\S+ )*(\S+)/g)]);
    expect(commands.map(([, script]) => script).filter((script) => !scripts.includes(script!))).toEqual([]);
  });

  test('may read and no more, pins its actions, and lets no text of a pull request into a command', () => {
    expect(Object.values(workflow.permissions).filter((permission) => permission !== 'read')).toEqual([]);
    for (const { uses, run } of stepsOf(workflow)) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
      if (run !== undefined) expect(run).not.toContain('${{');
    }
  });
});

test('ci.yml lints and tests with every supported major of Node', () => {
  const workflow = readWorkflow('ci.yml');
  expect(workflow.jobs.test!.strategy!.matrix.node).toEqual([20, 22, 24]);
  expect(stepsOf(workflow).map(({ run }) => run)).toEqual(
    expect.arrayContaining(['npm ci', 'npm test', 'npm run lint']),
  );
});

test('engine-speed.yml has the history that holds the base of a pull request', () => {
  const workflow = readWorkflow('engine-speed.yml');
  const [checkout] = stepsOf(workflow);
  expect(checkout!.with).toMatchObject({ 'fetch-depth': 0 });
  const gate = stepsOf(workflow).find(({ run }) => run?.includes('bench:gate'))!;
  expect(gate.run).toBe('npm run bench:gate -- --base "$BASE"');
  expect(gate.env!.BASE).toBe('${{ github.event.pull_request.base.sha }}');
});
