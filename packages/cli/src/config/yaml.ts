import { preview } from '@ergodic/core';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { UsageError } from './errors.ts';
import type { ConfigPath, ConfigSource, Place } from './source.ts';

interface Found {
  /** Absent at the root and in lists. */
  readonly key?: Node;
  readonly value: Node | null;
}

/** Reads YAML, and JSON, which is YAML. `name` stands before the line of every error. */
export function parseYamlConfig(text: string, name: string): Pick<ConfigSource, 'input' | 'locate'> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  }) as Document.Parsed;
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fail = (offset: number, message: string): never => {
    const { line, column } = placeAt(offset);
    throw new UsageError(`${name}:${line}:${column}: ${message}`);
  };

  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const at = problem.pos[0];
    if (problem.code === 'DUPLICATE_KEY') fail(at, `the key ${wordAt(text, at)} is there twice; keep one of the two`);
    if (problem.code === 'MULTIPLE_DOCS') fail(at, 'must be one document; remove what follows --- or ...');
    const language = /\.json$/i.test(name) ? 'JSON' : 'YAML';
    const opened = /closing|end with/.test(problem.message) ? openedAt(document, at, placeAt) : '';
    fail(at, `is not valid ${language}: ${lowerFirst(problem.message)}${opened}`);
  }
  const root = document.contents as Node | null;
  if (root === null || (isScalar(root) && root.value === null)) {
    fail(0, 'the config is empty; ergodic init writes one to start from');
  }
  checkNodes(document, fail);
  const input = toData(document, fail);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    fail(offsetOf(root!), `the config must be a mapping of keys to values, got ${preview(input)}; for example seed: 1`);
  }
  return {
    input: input as Record<string, unknown>,
    locate(path, part) {
      const found = findNode(document, path);
      if (found === undefined) return undefined;
      const { key, value } = found;
      // A block stands below its key, and nothing at all stands nowhere: an editor should jump to the key.
      const isBlock = isCollection(value) && value.flow !== true;
      const isNothing = value === null || (isScalar(value) && value.range?.[0] === value.range?.[1]);
      const node = key !== undefined && (part === 'key' || isBlock || isNothing) ? key : value;
      return node === null ? undefined : placeAt(offsetOf(node));
    },
  };
}

/** For what is not closed: where the innermost quote or bracket around the end of the reading was opened. */
function openedAt(document: Document.Parsed, end: number, placeAt: (offset: number) => Place): string {
  let opened: Node | undefined;
  visit(document, {
    Node(_, node) {
      const isQuoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
      const isFlow = isCollection(node) && node.flow === true;
      const [from, to] = node.range ?? [0, 0];
      if ((isQuoted || isFlow) && from < end && to >= end) opened = node;
    },
  });
  if (opened === undefined) return '';
  const { line } = placeAt(offsetOf(opened));
  return line < placeAt(end).line ? `, opened at line ${line}` : '';
}

/** Refuses what would surprise later: aliases without or inside their anchor, and the key `__proto__`. */
function checkNodes(document: Document.Parsed, fail: (offset: number, message: string) => never): void {
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      if (target === undefined)
        fail(offsetOf(alias), `the alias *${alias.source} has no anchor &${alias.source} before it`);
      if (ancestors.includes(target as Node)) fail(offsetOf(alias), `the alias *${alias.source} contains itself`);
    },
    Pair(_, pair) {
      if (keyText(pair) === '__proto__') fail(offsetOf(pair.key as Node), 'the key __proto__ is not allowed');
    },
  });
}

function toData(document: Document.Parsed, fail: (offset: number, message: string) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return fail(0, `is not valid YAML: ${lowerFirst((error as Error).message)}`);
  }
}

/** Follows a path through the nodes, through aliases and merged mappings. */
function findNode(document: Document.Parsed, path: ConfigPath): Found | undefined {
  let found: Found | undefined = { value: document.contents as Node | null };
  for (const key of path) {
    const parent: Node | undefined = resolve(found.value, document);
    if (isSeq(parent) && typeof key === 'number' && key < parent.items.length) {
      found = { value: parent.items[key] as Node };
    } else if (isMap(parent)) {
      found = findPair(parent, String(key), document);
    } else {
      found = undefined;
    }
    if (found === undefined) return undefined;
  }
  return found;
}

function findPair(map: YAMLMap, key: string, document: Document.Parsed): Found | undefined {
  const own = map.items.find((pair) => keyText(pair) === key);
  if (own !== undefined) return { key: own.key as Node, value: own.value as Node | null };
  for (const merge of map.items.filter((pair) => keyText(pair) === '<<')) {
    const source = resolve(merge.value as Node | null, document);
    const maps = isSeq(source) ? source.items.map((item) => resolve(item as Node, document)) : [source];
    for (const merged of maps) {
      const found = isMap(merged) ? findPair(merged, key, document) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function resolve(node: Node | null, document: Document.Parsed): Node | undefined {
  return (isAlias(node) ? node.resolve(document) : node) ?? undefined;
}

function keyText(pair: Pair): string {
  if (!isScalar(pair.key)) return '';
  const { value } = pair.key;
  // The merge key is a symbol.
  return typeof value === 'symbol' ? value.description! : String(value ?? '');
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function wordAt(text: string, offset: number): string {
  return /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s:,}]+)/.exec(text.slice(offset, offset + 200))?.[0] ?? 'here';
}

export function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
