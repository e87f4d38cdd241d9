import type { Issue } from '@ergodic/core';
import { preview } from '@ergodic/core';
import { RunError } from '../errors.ts';

/** What is wrong with a model; the file is its place. */
export type ModelIssue = Omit<Issue, 'path'>;

/** An ONNX file that no policy can be made of. Code `POLICY_INVALID`. */
export class PolicyError extends RunError {
  readonly issues: readonly ModelIssue[];

  constructor(file: string, issues: readonly ModelIssue[]) {
    super('POLICY_INVALID', issues.map((issue) => `${file}: ${describe(issue)}`).join('\n'));
    this.name = 'PolicyError';
    this.issues = issues;
  }
}

function describe(issue: ModelIssue): string {
  const got = 'received' in issue ? `, got ${preview(issue.received)}` : '';
  return `${issue.rule}${got}${issue.hint === undefined ? '' : `; ${issue.hint}`}`;
}
