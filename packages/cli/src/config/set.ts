import { type ConfigPath, formatPath, joinedName, PATH_HINT, preview, scanPath, startsWith } from '@ergodic/core';
import { isCollection, parseDocument, visit } from 'yaml';
import { UsageError } from './errors.ts';
import { type Edit, oneLine, PROTOTYPE_KEYS } from './source.ts';
import { lowerFirst } from './yaml.ts';

/** Reads `path=value`: the path as errors print it, the value as YAML on one line (`0.5`, `true`, `[1, 2]`, text). */
export function parseSet(text: string): Edit {
  // What is set below `outputs` may be a secret: no error repeats it.
  const label = `--set ${oneLine(/^outputs\b/.test(text) ? text.replace(/=.*$/s, '=…') : text)}`;
  const { path, end } = parsePath(text, label);
  return { path, value: parseValue(text.slice(end + 1), label), label };
}

/** Applies edits in their order; the input stays as it is. Missing mappings are created, list entries are not. */
export function applyEdits(input: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce((value, edit) => assign(value, edit, 0), input);
}

/** The edits that a later one did not overwrite. */
export function effectiveEdits(edits: readonly Edit[]): Edit[] {
  return edits.filter((edit, i) => !edits.slice(i + 1).some((later) => startsWith(edit.path, later.path)));
}

/** The path before the `=` of an option's text; the label stands before errors. */
export function parsePath(
  text: string,
  label: string,
  example = '--set episodes=100',
): { path: ConfigPath; end: number } {
  const { path, end, isWhole } = scanPath(text);
  if (end === text.length) {
    throw new UsageError(`${label}: must be path=value, has no =; for example ${example}`);
  }
  const refused = path.find((key) => PROTOTYPE_KEYS.includes(String(key)));
  if (refused !== undefined) throw new UsageError(`${label}: the key ${refused} is not allowed`);
  if (isWhole) return { path, end };
  throw new UsageError(`${label}: the path is not valid at ${preview(text.slice(end, end + 20))}; ${PATH_HINT}`);
}

/** One line of YAML as plain data. */
export function parseValue(text: string, label: string): unknown {
  const quote = 'quote text that YAML would read otherwise: \'name="text"\'';
  if (text.trim() === '') throw new UsageError(`${label}: has no value; for an empty text write ""`);
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    throw new UsageError(`${label}: the value is not valid YAML: ${lowerFirst(problem.message)}; ${quote}`);
  }
  const node = document.contents;
  if (node === null) throw new UsageError(`${label}: the value is only a comment; ${quote}`);
  if (isCollection(node) && node.flow !== true) {
    throw new UsageError(`${label}: the value must be on one line; write {name: value} or [1, 2], or ${quote}`);
  }
  visit(node, {
    Pair(_, { key }) {
      if (String(key) === '__proto__') throw new UsageError(`${label}: the key __proto__ is not allowed`);
    },
  });
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(`${label}: the value is not valid YAML: ${lowerFirst((error as Error).message)}; ${quote}`);
  }
}

/** A copy of `value`, the thing at `edit.path[0 … depth]`, with the edit made. */
function assign(value: unknown, edit: Edit, depth: number): unknown {
  if (depth === edit.path.length) return edit.value;
  const key = edit.path[depth]!;
  const here = formatPath(edit.path.slice(0, depth));
  if (typeof key === 'number') {
    if (!Array.isArray(value)) {
      const got = value === undefined ? 'it is missing' : `got ${preview(value)}`;
      throw new UsageError(`${edit.label}: ${here} must be a list to have an entry [${key}], ${got}`);
    }
    if (key >= value.length) {
      const range = value.length === 0 ? 'is empty' : `has entries [0] to [${value.length - 1}]`;
      throw new UsageError(`${edit.label}: ${here}[${key}] is out of range, ${here} ${range}; set the whole list`);
    }
    return value.map((item, i) => (i === key ? assign(item, edit, depth + 1) : item));
  }
  if (Array.isArray(value)) {
    throw new UsageError(`${edit.label}: ${here} is a list; write ${here}[0] for its first entry`);
  }
  if (value !== undefined && value !== null && typeof value !== 'object') {
    throw new UsageError(`${edit.label}: ${here} must be a mapping to have a key ${key}, got ${preview(value)}`);
  }
  const mapping = (value ?? {}) as Record<string, unknown>;
  refuseSplitName(mapping, edit, depth);
  const own = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  return { ...mapping, [key]: assign(own, edit, depth + 1) };
}

/** `markets.BRK.B` where there is a market BRK.B. */
function refuseSplitName(mapping: Record<string, unknown>, edit: Edit, depth: number): void {
  const meant = joinedName(mapping, edit.path, depth);
  if (meant === undefined) return;
  throw new UsageError(`${edit.label}: a name with dots is written in brackets; did you mean ${formatPath(meant)}?`);
}
