import { z } from 'zod';
import { DURATION_PATTERN } from './duration.ts';
import { ConfigError, type Issue } from './errors.ts';
import { type Config, configSchema, seedSchema } from './schema.ts';
import { hintFor, suggest } from './suggest.ts';

type Path = readonly (string | number)[];
type ZodIssue = z.core.$ZodIssue;

/** Any parsed document → a checked config with defaults. Throws ConfigError with every rule that is broken. */
export function parseConfig(input: unknown): Config {
  return parseWith(configSchema, input, []);
}

/**
 * A config for an environment: agents decide from outside, so `strategy` may be missing, and `environment` has defaults. Throws
 * ConfigError as `parseConfig` does.
 */
export function parseEnvironmentConfig(input: unknown): Config {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return parseConfig(input);
  return parseConfig({ strategy: { use: 'buy-and-hold' }, environment: {}, ...input });
}

/**
 * A config to train an agent by: as for an environment, and `training` has defaults. A `strategy` is not looked at, for the agent
 * stands in its place. Throws ConfigError as `parseConfig` does.
 */
export function parseTrainingConfig(input: unknown): Config {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return parseConfig(input);
  return parseConfig({ environment: {}, training: {}, ...input, strategy: { use: 'agent' } });
}

/** A seed as users give it, a text or an integer, as the text that it stands for. Throws ConfigError. */
export function parseSeed(seed: unknown): string {
  return parseWith(seedSchema, seed, ['seed']);
}

/** Checks `input` against a schema; issues are reported at `base` and below. */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, base: Path): T {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  // A key that is not known is often the cause of one that is missing.
  const isKey = ({ code }: ZodIssue): boolean => code === 'unrecognized_keys';
  const issues = [...result.error.issues.filter(isKey), ...result.error.issues.filter((issue) => !isKey(issue))];
  const root = jsonSchemaOf(schema);
  throw new ConfigError(
    issues
      .filter((issue, i) => !issues.slice(i + 1).some((later) => isSameBound(issue, later)))
      .flatMap((issue) => translate(issue, root, input))
      .map((issue) => withoutSecret({ ...issue, path: [...base, ...issue.path] })),
  );
}

/** Texts below `outputs` may be tokens or hold some: no error repeats them. */
function withoutSecret(issue: Issue): Issue {
  const { received, ...rest } = issue;
  const mayBeSecret = issue.path[0] === 'outputs' && (typeof received === 'string' || typeof received === 'object');
  return mayBeSecret && received !== null ? rest : issue;
}

/** The config's JSON Schema (draft 2020-12), for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

/** A whole number has two upper bounds, its own and the largest exact integer: one report is enough. */
function isSameBound(a: ZodIssue, b: ZodIssue): boolean {
  return (a.code === 'too_big' || a.code === 'too_small') && a.code === b.code && a.path.join() === b.path.join();
}

function translate(issue: ZodIssue, root: SchemaNode, input: unknown): Issue[] {
  const path = issue.path as Path;
  const received = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(root, path, input);
      return issue.keys.map((key) => unknownKey([...path, key], valueAt(received, [key]), known));
    }
    case 'invalid_union':
      return issue.discriminator !== undefined
        ? [discriminatorIssue(issue.discriminator, path, root, input)]
        : unionIssues(issue, root, input);
    case 'invalid_type':
      return [typeIssue(path, [schemaAt(root, path, input) ?? {}], received, issue.expected)];
    case 'invalid_key':
      return [{ path, rule: `its name ${ruleOf(issue.issues[0]!)}`, received: path.at(-1) }];
    case 'invalid_value': {
      const meant = typeof received === 'string' ? suggest(received, issue.values.map(String)) : undefined;
      const found = { path, rule: `must be one of ${issue.values.join(', ')}`, received };
      return [meant === undefined ? found : { ...found, hint: `did you mean ${meant}?` }];
    }
    default:
      return [{ path, rule: ruleOf(issue), received }];
  }
}

function unknownKey(path: Path, received: unknown, known: readonly string[]): Issue {
  return { path, rule: 'is not a known key', received, hint: hintFor(String(path.at(-1)), known) };
}

function discriminatorIssue(discriminator: string, path: Path, root: SchemaNode, input: unknown): Issue {
  const known = alternatives(schemaAt(root, path.slice(0, -1), input)).flatMap((option) => {
    const field = option.properties?.[discriminator];
    return typeof field?.const === 'string' ? [field.const] : [];
  });
  const received = valueAt(input, path);
  const rule = `must be one of ${known.join(', ')}`;
  return typeof received === 'string'
    ? { path, rule, received, hint: hintFor(received, known) }
    : { path, rule, received };
}

/** What is wrong with a value that may be one of several things: seen from the alternative that it was meant to be. */
function unionIssues(issue: ZodIssue & { code: 'invalid_union' }, root: SchemaNode, input: unknown): Issue[] {
  const path = issue.path as Path;
  const received = valueAt(input, path);
  const options = alternatives(schemaAt(root, path, input));
  if (kindOf(received) !== 'object') return [typeIssue(path, options, received)];
  const keysOf = (option: SchemaNode): string[] => Object.keys(option.properties ?? {});
  const known = [...new Set(options.flatMap(keysOf))];
  const given = Object.keys(received as object).filter((key) => known.includes(key));
  if (given.length === 0) {
    const unknown = Object.entries(received as object).map(([key, value]) => unknownKey([...path, key], value, known));
    return unknown.length > 0 ? unknown : [{ path, rule: `must have one of ${known.join(', ')}`, received }];
  }
  const meant = options.findIndex((option) => given.every((key) => keysOf(option).includes(key)));
  if (meant < 0) {
    const [first, second] = given as [string, string];
    const value = valueAt(received, [second]);
    const rule = `must not stand beside ${first}`;
    return [{ path: [...path, second], rule, received: value, hint: 'keep one of the two' }];
  }
  return (issue.errors[meant] ?? []).flatMap((nested) =>
    translate({ ...nested, path: [...issue.path, ...nested.path] } as ZodIssue, root, input),
  );
}

/** A value of the wrong kind; `expected` is zod's word where the schema has none. */
function typeIssue(path: Path, options: readonly SchemaNode[], received: unknown, expected = 'value'): Issue {
  const names = options.flatMap(alternatives).map((option) => kindName(option, expected, received));
  const rule = `must be ${[...new Set(names)].join(' or ')}`;
  const hint = received === undefined ? undefined : kindHint(options, received);
  return hint === undefined ? { path, rule, received } : { path, rule, received, hint };
}

function kindName(node: SchemaNode, expected: string, received: unknown): string {
  if (node.pattern === DURATION_PATTERN.source) return 'a duration such as 90s, 10m, 1h or 1d';
  if (node.format === 'date-time') return 'a UTC time such as 2026-01-01T00:00:00Z';
  const type = node.type ?? expected;
  if (type === 'number' && typeof received === 'number') return 'a finite number';
  const names: Record<string, string> = {
    int: 'a whole number',
    integer: 'a whole number',
    object: 'a mapping of keys to values',
    record: 'a mapping of keys to values',
    array: 'a list',
    boolean: 'true or false',
  };
  return names[type] ?? `a ${type}`;
}

/** How to write what was meant. */
function kindHint(options: readonly SchemaNode[], received: unknown): string | undefined {
  const all = options.flatMap(alternatives);
  const types = all.map(({ type }) => type);
  const isText = typeof received === 'string';
  if (isText && types.some((type) => type === 'number' || type === 'integer')) {
    return received.trim() !== '' && Number.isFinite(Number(received)) ? 'write it without quotes' : undefined;
  }
  if (types.includes('object')) {
    if (isText) return all[0]?.properties === undefined ? undefined : mappingHint(all[0], received);
    if (Array.isArray(received)) return 'write name: value instead of a list';
    if (received === null) return 'indent its keys below it, or leave it out';
    return all.length > 1
      ? `known: ${all.flatMap(({ properties }) => Object.keys(properties ?? {})).join(', ')}`
      : undefined;
  }
  if (types.includes('array')) {
    const item = alternatives(all[0]?.items)[0];
    if (isText && item?.properties !== undefined) {
      const inner = mappingHint(item, received);
      return inner?.replace(/^write (.*)$/, 'write [$1]');
    }
    return kindOf(received) === 'object' ? 'put it in brackets: [{ … }]' : undefined;
  }
  const isPlainText = all.some(({ type, pattern, format }) => type === 'string' && !pattern && !format);
  return isPlainText && (typeof received === 'number' || typeof received === 'boolean')
    ? 'put it in quotes to make it a string'
    : undefined;
}

function mappingHint(node: SchemaNode, received: string): string | undefined {
  if (node.properties?.use !== undefined) return `write { use: ${received} }`;
  if (node.properties?.process !== undefined) return `write { process: ${received}, … }`;
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Whether the schema gave the issue no text of its own. */
function isZodsOwn(issue: ZodIssue | z.core.$ZodRawIssue): boolean {
  return /^Too (small|big)/.test(issue.message ?? 'Too small');
}

function ruleOf(issue: ZodIssue | z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'too_small': {
      if (issue.origin === 'string' && isZodsOwn(issue) && issue.minimum === 1) return 'must not be empty';
      if (issue.origin !== 'number' && issue.origin !== 'int') return issue.message ?? 'is too small';
      return `must be ${issue.inclusive === false ? 'greater than' : 'at least'} ${issue.minimum}`;
    }
    case 'too_big': {
      if (issue.origin === 'string' && isZodsOwn(issue)) return `must have at most ${issue.maximum} characters`;
      if (issue.origin !== 'number' && issue.origin !== 'int') return issue.message ?? 'is too big';
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    }
    default:
      return issue.message ?? 'is not valid';
  }
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** The parts of JSON Schema that the walk below needs. */
interface SchemaNode {
  readonly type?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly const?: unknown;
}

const jsonSchemas = new WeakMap<z.ZodType, SchemaNode>();

/** Kept: that of the config takes longer to make than everything else about an error. */
function jsonSchemaOf(schema: z.ZodType): SchemaNode {
  const known = jsonSchemas.get(schema) ?? (z.toJSONSchema(schema, { io: 'input' }) as SchemaNode);
  jsonSchemas.set(schema, known);
  return known;
}

function alternatives(node: SchemaNode | undefined): readonly SchemaNode[] {
  if (node === undefined) return [];
  const options = node.anyOf ?? node.oneOf;
  return options === undefined ? [node] : options.flatMap(alternatives);
}

/** Follows a path through a schema, taking the alternative that the input's constants choose. */
function schemaAt(root: SchemaNode, path: Path, input: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (let i = 0; i < path.length; i++) {
    const key = path[i]!;
    const value = valueAt(input, path.slice(0, i));
    const chosen: SchemaNode | undefined = choose(node, value, key);
    const additional: SchemaNode | boolean | undefined = chosen?.additionalProperties;
    node =
      typeof key === 'number'
        ? chosen?.items
        : (chosen?.properties?.[key] ?? (typeof additional === 'object' ? additional : undefined));
  }
  return node;
}

/** The alternative that the value was meant to be: one that fits and knows the key, if there is one. */
function choose(node: SchemaNode | undefined, value: unknown, key: string | number): SchemaNode | undefined {
  const options = fitting(node, value);
  const knows = ({ properties }: SchemaNode): boolean => properties !== undefined && Object.hasOwn(properties, key);
  return options.find(knows) ?? options[0] ?? alternatives(node)[0];
}

/** The alternatives whose constants, such as a market's process, are those of the value. */
function fitting(node: SchemaNode | undefined, value: unknown): readonly SchemaNode[] {
  return alternatives(node).filter((option) =>
    Object.entries(option.properties ?? {}).every(
      ([key, field]) => field.const === undefined || field.const === (value as Record<string, unknown> | null)?.[key],
    ),
  );
}

function knownKeys(root: SchemaNode, path: Path, input: unknown): string[] {
  const options = fitting(schemaAt(root, path, input), valueAt(input, path));
  return [...new Set(options.flatMap((option) => Object.keys(option.properties ?? {})))];
}
