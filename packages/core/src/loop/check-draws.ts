import { ConfigError, formatPath, type Issue, preview } from '../config/errors.ts';
import { parseConfig } from '../config/parse.ts';
import { type ConfigPath, startsWith } from '../config/path.ts';
import type { Config } from '../config/schema.ts';
import type { Draw } from './draws.ts';
import type { Candidate } from './samplers.ts';

/** Combinations with other draws that are tried; where there are more, only the episodes will tell. */
const MOST_COMBINATIONS = 256;

/** Builds what a section of a config describes. Throws ConfigError where it cannot be. */
export type Build = (config: Config, section: ConfigPath) => void;

/** A value, and where in the config it goes. */
interface Edit {
  readonly path: ConfigPath;
  readonly value: unknown;
}

/**
 * Tries the ends of every distribution, and every choice, in the config. Throws ConfigError for those that cannot be: that the
 * field itself refuses, or that fit with no end of the other draws of its section. What fits with some of them and not with
 * others is found out by the episodes.
 */
export function checkDraws(draws: readonly Draw[], config: Config, build: Build): void {
  const check = new DrawCheck(draws, config, build);
  const issues = draws.flatMap((draw) => check.issuesOf(draw));
  if (issues.length > 0) throw new ConfigError(issues);
}

class DrawCheck {
  private readonly draws: readonly Draw[];
  private readonly config: Config;
  private readonly build: Build;

  constructor(draws: readonly Draw[], config: Config, build: Build) {
    this.draws = draws;
    // Neither is drawn from, and both take long to check.
    this.config = { ...config, randomize: {}, outputs: {} };
    this.build = build;
  }

  issuesOf(draw: Draw): Issue[] {
    const { candidates, between } = draw.sampler;
    const issues: Issue[] = [];
    for (const [i, candidate] of candidates.entries()) {
      const found = this.tryOut(draw, candidate);
      if (found === undefined) continue;
      if (!Array.isArray(found)) draw.sampler.accept(i, valueAt(found, draw.targets[0]!));
      else issues.push(...found.map((issue) => placed(issue, draw, candidate)));
      // One wrong path is one error.
      if (issues.length > 0 && issues[0]!.path.length === 2) return issues.slice(0, 1);
    }
    if (issues.length > 0 || between === undefined) return issues;
    const found = this.tryOut(draw, between);
    return Array.isArray(found) ? found.map((issue) => withInteger(placed(issue, draw, between), between)) : [];
  }

  /** The config with the candidate in it, or what is wrong with it; undefined where only the episodes can tell. */
  private tryOut(draw: Draw, candidate: Candidate): Config | Issue[] | undefined {
    const edits = editsOf(draw, candidate);
    const found = this.tryEdits(draw, edits);
    if (!Array.isArray(found) || found.some(({ path }) => draw.targets.some((target) => startsWith(path, target)))) {
      return found;
    }
    const others = this.draws.filter((other) => other !== draw && isSame(other.section, draw.section));
    const count = others.reduce((product, { sampler }) => product * sampler.candidates.length, 1);
    if (count > MOST_COMBINATIONS) return undefined;
    for (let i = 0; i < count; i++) {
      let rest = i;
      const chosen = others.flatMap((other) => {
        const { candidates } = other.sampler;
        const at = rest % candidates.length;
        rest = Math.floor(rest / candidates.length);
        return editsOf(other, candidates[at]!);
      });
      const together = this.tryEdits(draw, [...edits, ...chosen]);
      if (!Array.isArray(together)) return together;
    }
    return found;
  }

  private tryEdits({ section }: Draw, edits: readonly Edit[]): Config | Issue[] {
    try {
      const edited = parseConfig(edits.reduce<unknown>((input, edit) => assign(input, edit, 0), this.config));
      this.build(edited, section);
      return edited;
    } catch (error) {
      if (error instanceof ConfigError) return [...error.issues];
      // A factory of the user's own.
      return [{ path: section, rule: error instanceof Error ? error.message : `threw ${preview(error)}` }];
    }
  }
}

function editsOf(draw: Draw, { values }: Candidate): Edit[] {
  return draw.targets.map((path, i) => ({ path, value: values[i] }));
}

function isSame(a: ConfigPath, b: ConfigPath): boolean {
  return a.length === b.length && startsWith(a, b);
}

/** A copy of `value`, what is at `path[0 … depth]`, with the edit made. */
function assign(value: unknown, edit: Edit, depth: number): unknown {
  const { path } = edit;
  if (depth === path.length) return edit.value;
  const key = path[depth]!;
  const wrong = (rule: string, hint?: string): ConfigError => {
    const issue = { path, rule: `must be the path of a value in the config: ${rule}` };
    return new ConfigError([hint === undefined ? issue : { ...issue, hint }]);
  };
  const here = formatPath(path.slice(0, depth));
  if (Array.isArray(value)) {
    if (typeof key !== 'number') throw wrong(`${here} is a list`, `write ${here}[0] for its first entry`);
    if (key >= value.length) throw wrong(`${here} has ${value.length} entries`);
    return value.map((item, i) => (i === key ? assign(item, edit, depth + 1) : item));
  }
  if (typeof key === 'number') throw wrong(`${here} is not a list`);
  if (value !== undefined && (typeof value !== 'object' || value === null)) {
    throw wrong(`${here} is ${preview(value)}`);
  }
  const mapping = (value ?? {}) as Record<string, unknown>;
  return { ...mapping, [key]: assign(mapping[key], edit, depth + 1) };
}

function valueAt(config: Config, path: ConfigPath): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], config);
}

/** An issue with the edited config, as one of the distribution. */
function placed(issue: Issue, draw: Draw, candidate: Candidate): Issue {
  const { path, rule, received, hint } = issue;
  const root = ['randomize', draw.text];
  const rest = hint === undefined ? {} : { hint };
  if (!('received' in issue) && /^must be the path/.test(rule)) return { path: root, rule, ...rest };
  if (rule === 'is not a known key') {
    const rule = `must be the path of a value in the config, ${formatPath(path)} is none`;
    return { path: root, rule, ...rest };
  }
  const at = draw.targets.findIndex((target) => startsWith(path, target));
  const target = draw.targets[at];
  const place = [...root, ...candidate.places[Math.max(0, at)]!];
  const value = candidate.values[Math.max(0, at)];
  if (target === undefined) {
    return { path: place, rule: `does not fit: ${formatPath(path)}: ${rule}`, received: value, ...rest };
  }
  if (candidate.isImplied === true) {
    const reached = `without it the draw may come to ${preview(value)}, which ${rule}`;
    return { path: place, rule: `must be given: ${reached}`, ...rest };
  }
  const inside = path.slice(target.length);
  const prefix = inside.length === 0 ? '' : `${formatPath(inside)}: `;
  return { path: place, rule: `${prefix}${rule}`, received: 'received' in issue ? received : value, ...rest };
}

/** What passes at whole ends and fails between them wants whole numbers. */
function withInteger(issue: Issue, { places }: Candidate): Issue {
  return /whole number/.test(issue.rule) && places[0]![0] !== 'integer'
    ? { ...issue, hint: 'draw it as integer: [from, to]' }
    : issue;
}
