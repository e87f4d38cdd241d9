import { describeIssue, type Issue, startsWith } from '@ergodic/core';
import type { ConfigSource, Edit } from './source.ts';

const MAX_ISSUES = 20;

/** The command line, a config or a file it names is wrong: the message is all that the user needs to see. */
export class UsageError extends Error {
  readonly code = 'USAGE';
  readonly exitCode = 2;

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** What the user reads about an error: for a ConfigError a line per issue with its place, else the message. */
export function explainError(error: unknown, source: ConfigSource, edits: readonly Edit[]): string {
  const issues = issuesOf(error);
  if (issues === undefined) return error instanceof Error ? error.message : String(error);
  const lines = issues.slice(0, MAX_ISSUES).map((issue) => `${placeOf(issue, source, edits)}: ${describeIssue(issue)}`);
  if (issues.length > MAX_ISSUES) lines.push(`and ${issues.length - MAX_ISSUES} more`);
  return lines.join('\n');
}

/** The issues of a ConfigError, also of one that was cloned on its way out of a worker. */
function issuesOf(error: unknown): readonly Issue[] | undefined {
  const { code, issues } = (error ?? {}) as { code?: unknown; issues?: readonly Issue[] };
  return code === 'CONFIG_INVALID' && Array.isArray(issues) ? issues : undefined;
}

/**
 * `FILE:LINE:COL`, or the option of the command line that said it. A value that is missing is looked for at the nearest
 * mapping or list that is there.
 */
function placeOf(issue: Issue, source: ConfigSource, edits: readonly Edit[]): string {
  const { path } = issue;
  const above = edits.filter((edit) => startsWith(path, edit.path));
  if (above.length > 0) return above.reduce((a, b) => (b.path.length >= a.path.length ? b : a)).label;
  const isUnknownKey = issue.rule === 'is not a known key';
  for (let length = path.length; length >= 0; length--) {
    const prefix = path.slice(0, length);
    const part = isUnknownKey && length === path.length ? 'key' : 'value';
    const place = source.locate(prefix, part);
    if (place !== undefined) return `${source.name}:${place.line}:${place.column}`;
    const created = edits.findLast((edit) => startsWith(edit.path, prefix));
    if (created !== undefined && length > 0) return created.label;
  }
  return source.name;
}
