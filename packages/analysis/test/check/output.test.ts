import { execFileSync } from 'node:child_process';
import {
  annotations,
  type Check,
  checkRun,
  junitXml,
  parseAssertion,
  requirementsOf,
  stepSummary,
} from '@ergodic/analysis';
import { beforeAll, describe, expect, it } from 'vitest';
import { configWith, stored } from './runs.ts';

const OPTIONS = { allowUndecided: false, requirements: [], seconds: 1.25 };
const NASTY = 'reward_a<b>&"c"';

let check: Check;

beforeAll(async () => {
  const run = await stored(configWith());
  const mean = run.summary.metrics.totalReturn!.mean!;
  const texts = ['q05(totalReturn) > -0.5', 'mean(totalReturn) > 100 %', `mean(totalReturn) > ${mean}`];
  check = await checkRun(run, texts.map(parseAssertion));
});

/** The same with other words. */
function renamed(text: string, reason: string): Check {
  return { ...check, findings: check.findings.map((finding) => ({ ...finding, text, reason })) };
}

interface Parsed {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string | null;
  readonly children: readonly Parsed[];
}

/** Read by a parser that knows nothing of us: that of Python's standard library. */
function parsed(xml: string): Parsed {
  const program = `
import json, sys, xml.etree.ElementTree as tree
def read(node): return dict(tag=node.tag, attributes=node.attrib, text=node.text, children=[read(child) for child in node])
print(json.dumps(read(tree.fromstring(sys.stdin.buffer.read()))))`;
  return JSON.parse(execFileSync('python3', ['-c', program], { input: xml, encoding: 'utf8' })) as Parsed;
}

describe('JUnit', () => {
  it('has a suite of a case an assertion, with failures by type', () => {
    const { tag, attributes, children } = parsed(junitXml(check, OPTIONS));
    expect({ tag, attributes }).toEqual({
      tag: 'testsuites',
      attributes: { name: 'ergodic check', tests: '3', failures: '2', errors: '0', time: '1.250' },
    });
    const [suite] = children;
    expect(suite!.attributes).toMatchObject({ name: check.run.id, tests: '3', failures: '2', skipped: '0' });
    const [properties, ...cases] = suite!.children;
    expect(properties!.children.map(({ attributes: { name } }) => name)).toContain('digest');
    expect(cases.map(({ attributes: { name } }) => name)).toEqual(check.findings.map(({ text }) => text));
    expect(cases.map(({ children: [outcome] }) => outcome?.attributes.type)).toEqual([
      undefined,
      'failed',
      'undecided',
    ]);
    expect(cases[1]!.children[0]!.attributes.message).toMatch(/^failed: .*95 % interval .*bound 1, wrong by /);
  });

  it('skips what is undecided where that is allowed', () => {
    const [suite] = parsed(junitXml(check, { ...OPTIONS, allowUndecided: true })).children;
    expect(suite!.attributes).toMatchObject({ failures: '1', skipped: '1' });
    expect(suite!.children.at(-1)!.children).toMatchObject([{ tag: 'skipped' }]);
  });

  it('has what must be so of a run as cases', () => {
    const summary = { episodes: { requested: 400, completed: 397, ruined: 0, stopped: 0, failed: 3 }, mismatches: [] };
    const requirements = requirementsOf(summary, 2);
    const [suite] = parsed(junitXml(check, { ...OPTIONS, requirements })).children;
    expect(suite!.attributes).toMatchObject({ tests: '5', failures: '3' });
    const [failed, same] = suite!.children.slice(-2);
    expect(failed!.attributes.name).toBe('failed episodes: at most 2');
    expect(failed!.children[0]!.text).toBe('3 of 400 episodes failed; --allow-failed 3 would accept that');
    expect(same).toMatchObject({ attributes: { name: 'reproducible' }, children: [] });
    expect(requirementsOf(summary, Number.POSITIVE_INFINITY).every(({ isMet }) => isMet)).toBe(true);
    expect(requirementsOf({ ...summary, mismatches: [7] }, 3)[1]).toMatchObject({ isMet: false });
  });

  it('carries any text through', () => {
    for (const text of [NASTY, "tab\t and line\n and 'quote'", 'Ωμέγα 😀 ]]> <!-- ', '%0A::error::']) {
      const { attributes, children } = parsed(junitXml(renamed(text, text), OPTIONS)).children[0]!.children.at(-1)!;
      expect(attributes.name).toBe(text);
      expect(children[0]!.attributes.message).toContain(text);
      expect(children[0]!.text).toContain(text);
    }
    const forbidden = parsed(junitXml(renamed('a\u0000b\u001bc\ud800d', ''), OPTIONS)).children[0]!.children.at(-1)!;
    expect(forbidden.attributes.name).toBe('a\ufffdb\ufffdc\ufffdd');
  });
});

/** Reads a workflow command as GitHub's runner does. */
function command(line: string): { level: string; title: string; message: string } {
  const [, level, title, message] = /^::(\w+) title=([^:,]*)::(.*)$/.exec(line)!;
  const data = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const property = (text: string): string => data(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
  return { level: level!, title: property(title!), message: data(message!) };
}

describe('annotations of GitHub', () => {
  it('are errors for what failed and warnings for what is undecided', () => {
    const lines = annotations(check, []).map(command);
    expect(lines.map(({ level }) => level)).toEqual(['error', 'warning']);
    expect(lines.map(({ title }) => title)).toEqual(check.findings.slice(1).map(({ text }) => text));
    expect(lines[0]!.message).toMatch(/^failed: .*95 % interval/);
  });

  it('are one notice where everything passed', () => {
    const [first] = check.findings;
    const lines = annotations({ ...check, findings: [first!] }, []).map(command);
    expect(lines).toEqual([
      { level: 'notice', title: `ergodic check ${check.run.id}`, message: 'passed: the assertion' },
    ]);
    const broken = { text: 'reproducible', isMet: false, reason: 'no' };
    expect(annotations({ ...check, findings: [first!] }, [broken])).toEqual(['::error title=reproducible::no']);
  });

  it('carry any text through, and no other command', () => {
    const text = '100 %, a: b\r\n::error::injected %0A';
    const lines = annotations(renamed(text, text), []);
    expect(lines.every((line) => !/[\r\n]/.test(line))).toBe(true);
    for (const line of lines.map(command)) {
      expect(line.title).toBe(text);
      expect(line.message).toContain(text);
    }
  });
});

describe('the summary of a job', () => {
  it('is a table of all assertions', () => {
    const lines = stepSummary(check, []).split('\n');
    expect(lines[0]).toBe(`### Check of ${check.run.id}: failed`);
    const rows = lines.filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(5);
    expect(rows[3]).toMatch(
      /^\| mean\(totalReturn\) \\> 100 % \| \*\*failed\*\* \| [-\d.]+ \| [-\d.]+ to [-\d.]+ \| [\d.]+ \|/,
    );
    expect(lines).toContain(`400 episodes, seed check, digest ${check.run.digest.slice(0, 16)}…`);
  });

  it('breaks at no text', () => {
    const rows = stepSummary(renamed('a | b\n<script> `c` [d](e)', ''), [])
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows[2]).toMatch(/^\| a \\\| b \\<script\\> \\`c\\` \\\[d\\\]\(e\) \| passed \|/);
    expect(new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length))).toEqual(new Set([8]));
  });

  it('says what must be so of a run and is not', () => {
    const broken = { text: 'failed episodes: at most 0', isMet: false, reason: '3 failed' };
    const passed = { ...check, verdict: 'passed' as const, findings: check.findings.slice(0, 1) };
    const text = stepSummary(passed, [broken]);
    expect(text).toContain(`### Check of ${check.run.id}: failed`);
    expect(text).toContain('| failed episodes: at most 0 | **failed** |');
    expect(stepSummary(passed, [{ ...broken, isMet: true }])).toContain(': passed');
  });
});
