import { z } from 'zod';

/** A parameter of a strategy, component or reward: a small subset of JSON Schema, so that it needs no import. */
export interface ParameterSpec {
  readonly type: 'number' | 'integer' | 'boolean' | 'string';
  readonly description?: string;
  /** Used when the config says nothing; a parameter without default is required. */
  readonly default?: number | boolean | string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly enum?: readonly (string | number)[];
}

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** The values that fit a declaration: `{ fast: { type: 'integer' } }` → `{ fast: number }`. */
export type ParametersOf<S extends ParameterSpecs> = {
  readonly [K in keyof S]: S[K]['type'] extends 'boolean' ? boolean : S[K]['type'] extends 'string' ? string : number;
};

function schemaOf(spec: ParameterSpec): z.ZodType {
  let schema: z.ZodType;
  switch (spec.type) {
    case 'boolean':
      schema = z.boolean();
      break;
    case 'string':
      schema = spec.enum === undefined ? z.string() : z.enum(spec.enum.map(String) as [string, ...string[]]);
      break;
    default: {
      let number = spec.type === 'integer' ? z.int() : z.number();
      if (spec.minimum !== undefined) number = number.min(spec.minimum);
      if (spec.maximum !== undefined) number = number.max(spec.maximum);
      if (spec.exclusiveMinimum !== undefined) number = number.gt(spec.exclusiveMinimum);
      if (spec.exclusiveMaximum !== undefined) number = number.lt(spec.exclusiveMaximum);
      schema = number;
    }
  }
  if (spec.description !== undefined) schema = schema.describe(spec.description);
  return spec.default === undefined ? schema : schema.default(spec.default as never);
}

/** The strict object schema of a parameter declaration; `use` is allowed beside the parameters. */
export function parameterSchema(specs: ParameterSpecs, use?: string): z.ZodType<Record<string, unknown>> {
  const shape: Record<string, z.ZodType> = { use: use === undefined ? z.string() : z.literal(use) };
  for (const [name, spec] of Object.entries(specs)) shape[name] = schemaOf(spec);
  return z.strictObject(shape) as z.ZodType<Record<string, unknown>>;
}
