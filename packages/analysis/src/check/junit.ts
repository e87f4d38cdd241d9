import type { Check } from './check.ts';
import type { Finding } from './finding.ts';
import type { Requirement } from './requirements.ts';
import { sentence } from './words.ts';

/** What a report in JUnit's format says beyond the check. */
export interface JunitOptions {
  /** An undecided assertion is skipped, not failed. */
  readonly allowUndecided: boolean;
  /** Requirements on the run itself, as test cases of their own. */
  readonly requirements: readonly Requirement[];
  readonly seconds: number;
}

/**
 * A check as JUnit XML: one test suite, one test case an assertion. What failed is a `failure` of type `failed`; what is undecided one of type
 * `undecided`, or `skipped` where that is allowed. Format: https://llg.cubic.org/docs/junit/ and the schema of Jenkins' xunit plugin.
 */
export function junitXml({ run, findings }: Check, options: JunitOptions): string {
  const cases = [
    ...findings.map((finding) => testCase(run.id, finding.text, outcomeOf(finding, options.allowUndecided))),
    ...options.requirements.map(({ text, isMet, reason }) =>
      testCase(run.id, text, isMet ? '' : element('failure', 'failed', reason)),
    ),
  ];
  const count = (name: string): number => cases.filter((text) => text.includes(`<${name} `)).length;
  const time = options.seconds.toFixed(3);
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="0"`;
  const { dir: _, ...known } = run;
  const properties = Object.entries(known).map(
    ([name, value]) => `      <property name="${escapeXml(name)}" value="${escapeXml(String(value))}"/>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ergodic check" ${counts} time="${time}">`,
    `  <testsuite name="${escapeXml(run.id)}" ${counts} skipped="${count('skipped')}" time="${time}">`,
    '    <properties>',
    ...properties,
    '    </properties>',
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(suite: string, name: string, outcome: string): string {
  const head = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="0"`;
  return outcome === '' ? `${head}/>` : `${head}>\n      ${outcome}\n    </testcase>`;
}

function outcomeOf(finding: Finding, allowUndecided: boolean): string {
  const { verdict } = finding;
  if (verdict === 'passed') return '';
  if (verdict === 'undecided' && allowUndecided) return `<skipped message="${escapeXml(sentence(finding))}"/>`;
  return element('failure', verdict, sentence(finding));
}

function element(name: string, type: string, text: string): string {
  return `<${name} type="${type}" message="${escapeXml(text)}">${escapeXml(text)}</${name}>`;
}

/** Text or attribute of XML 1.0; characters that it cannot have become U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
