import { z } from 'zod';
import { ConfigError, type Issue } from './errors.ts';
import { type Config, configSchema } from './schema.ts';
import { hintFor } from './suggest.ts';

type Path = readonly (string | number)[];
type ZodIssue = z.core.$ZodIssue;

/** Any parsed document → a checked config with defaults. Throws ConfigError with every rule that is broken. */
export function parseConfig(input: unknown): Config {
  return parseWith(configSchema, input, []);
}

/** Checks `input` against a schema; issues are reported at `base` and below. */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, base: Path): T {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.flatMap((issue) => translate(issue, base, schema, input)));
}

/** The config's JSON Schema (draft 2020-12), for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

function translate(issue: ZodIssue, base: Path, schema: z.ZodType, input: unknown): Issue[] {
  const path = [...base, ...(issue.path as Path)];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schema, issue.path as Path, input);
      return issue.keys.map((key) => ({
        path: [...path, key],
        rule: 'is not a known key',
        received: valueAt(input, [...(issue.path as Path), key]),
        hint: hintFor(key, known),
      }));
    }
    case 'invalid_union': {
      const received = valueAt(input, issue.path as Path);
      if (issue.discriminator !== undefined) return [unionIssue(issue, path, schema, input)];
      // Report what is wrong with the alternative that came closest.
      const closest = issue.errors.reduce(
        (best, errors) => (depth(errors) > depth(best) ? errors : best),
        issue.errors[0] ?? [],
      );
      if (
        closest.length === 0 ||
        closest.every((nested) => nested.path.length === 0 && nested.code === 'invalid_type')
      ) {
        return [
          { path, rule: `must be ${issue.errors.map((errors) => expectation(errors[0])).join(' or ')}`, received },
        ];
      }
      return closest.flatMap((nested) =>
        translate({ ...nested, path: [...issue.path, ...nested.path] } as ZodIssue, base, schema, input),
      );
    }
    default:
      return [{ path, rule: ruleOf(issue), received: valueAt(input, issue.path as Path) }];
  }
}

function unionIssue(issue: ZodIssue & { code: 'invalid_union' }, path: Path, schema: z.ZodType, input: unknown): Issue {
  const parent = (issue.path as Path).slice(0, -1);
  const known = alternatives(schemaAt(jsonSchemaOf(schema), parent, input)).flatMap((option) => {
    const field = option.properties?.[String(issue.discriminator)];
    return typeof field?.const === 'string' ? [field.const] : [];
  });
  const received = valueAt(input, issue.path as Path);
  const rule = `must be one of ${known.join(', ')}`;
  return typeof received === 'string'
    ? { path, rule, received, hint: hintFor(received, known) }
    : { path, rule, received };
}

function depth(errors: readonly ZodIssue[]): number {
  return Math.max(0, ...errors.map((error) => error.path.length));
}

function expectation(issue: ZodIssue | undefined): string {
  return issue?.code === 'invalid_type' ? `a ${issue.expected}` : 'something else';
}

function ruleOf(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`;
    case 'too_small': {
      if (issue.origin !== 'number' && issue.origin !== 'int') return issue.message;
      return `must be ${issue.inclusive === false ? 'greater than' : 'at least'} ${issue.minimum}`;
    }
    case 'too_big': {
      if (issue.origin !== 'number' && issue.origin !== 'int') return issue.message;
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    }
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

function article(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    object: 'a mapping of keys to values',
    record: 'a mapping of keys to values',
    array: 'a list',
  };
  return names[expected] ?? `a ${expected}`;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** The parts of JSON Schema that the walk below needs. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly const?: unknown;
}

function jsonSchemaOf(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
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
    const chosen: SchemaNode | undefined = choose(node, value);
    const additional: SchemaNode | boolean | undefined = chosen?.additionalProperties;
    node =
      typeof key === 'number'
        ? chosen?.items
        : (chosen?.properties?.[key] ?? (typeof additional === 'object' ? additional : undefined));
  }
  return node;
}

function choose(node: SchemaNode | undefined, value: unknown): SchemaNode | undefined {
  const options = alternatives(node);
  const fits = (option: SchemaNode): boolean =>
    Object.entries(option.properties ?? {}).every(
      ([key, field]) => field.const === undefined || field.const === (value as Record<string, unknown> | null)?.[key],
    );
  return options.find(fits) ?? options[0];
}

function knownKeys(schema: z.ZodType, path: Path, input: unknown): string[] {
  const node = choose(schemaAt(jsonSchemaOf(schema), path, input), valueAt(input, path));
  return Object.keys(node?.properties ?? {});
}
