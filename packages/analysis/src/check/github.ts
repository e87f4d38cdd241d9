import type { Check } from './check.ts';
import type { Requirement } from './requirements.ts';
import { intervalOf, sentence, short } from './words.ts';

/**
 * Workflow commands of GitHub Actions: an error for what failed, a warning for what is undecided, a notice where everything passed.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function annotations({ run, findings }: Check, requirements: readonly Requirement[]): string[] {
  const broken = requirements.filter(({ isMet }) => !isMet);
  const open = findings.filter(({ verdict }) => verdict !== 'passed');
  const lines = [
    ...open.map((finding) =>
      command(finding.verdict === 'failed' ? 'error' : 'warning', finding.text, sentence(finding)),
    ),
    ...broken.map(({ text, reason }) => command('error', text, reason)),
  ];
  const all = findings.length === 1 ? 'the assertion' : `all ${findings.length} assertions`;
  return lines.length > 0 ? lines : [command('notice', `ergodic check ${run.id}`, `passed: ${all}`)];
}

function command(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** The check as Markdown, for the summary page of a job. */
export function stepSummary(check: Check, requirements: readonly Requirement[]): string {
  const { run, baseline, findings, notices } = check;
  const isMet = requirements.every((requirement) => requirement.isMet);
  const against = baseline === null ? '' : ` against ${escapeMarkdown(baseline.id)}`;
  const rows = [
    ['assertion', 'verdict', 'value', 'interval', 'wrong by', ''],
    ['---', '---', '---:', '---', '---:', '---'],
    ...findings.map((finding) => [
      escapeMarkdown(finding.text),
      shown(finding.verdict),
      short(finding.value),
      intervalOf(finding),
      finding.excess > 0 ? short(finding.excess) : '',
      escapeMarkdown(finding.reason),
    ]),
    ...requirements
      .filter((requirement) => !requirement.isMet)
      .map(({ text, reason }) => [escapeMarkdown(text), shown('failed'), '', '', '', escapeMarkdown(reason)]),
  ];
  return [
    `### Check of ${escapeMarkdown(run.id)}${against}: ${isMet ? check.verdict : 'failed'}`,
    '',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `${run.episodes} episodes, seed ${escapeMarkdown(run.seed)}, digest ${run.digest.slice(0, 16)}…`,
    ...notices.map((notice) => `\n${escapeMarkdown(notice)}`),
    '',
  ].join('\n');
}

/** What needs attention stands out without colours. */
function shown(verdict: string): string {
  return verdict === 'passed' ? verdict : `**${verdict}**`;
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]|<>~&#]/g, '\\$&');
}
