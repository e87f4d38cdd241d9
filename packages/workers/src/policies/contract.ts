import type { ModelIssue } from './errors.ts';
import type { ValueMetadata } from './runtime.ts';

const OBSERVATION_NAMES = ['observation', 'obs', 'input'];
const HEADS = ['action', 'logits', 'mean'] as const;
const DYNAMIC = "export it with a dynamic batch: dynamic_axes={'observation': {0: 'batch'}, …} in torch.onnx.export";

export type HeadKind = (typeof HEADS)[number];

/** A recurrent state: an input that the output of the same run replaces in the next. */
export interface StateContract {
  readonly input: string;
  readonly output: string;
  /** Shape in a batch. */
  readonly dims: readonly number[];
  /** Which of them counts the rows. */
  readonly batchAxis: number;
}

/** What a model takes and gives, read from its names and shapes. */
export interface ModelContract {
  readonly observation: string;
  /** Numbers of an observation; undefined where the model takes any. */
  readonly observationSize: number | undefined;
  readonly states: readonly StateContract[];
  readonly head: HeadKind;
  readonly hasLogStd: boolean;
}

/**
 * Reads the contract of a model for batches of `rows` rows. The rules are those of docs/policies.md. Returns what is wrong
 * where it has none.
 */
export function readContract(
  inputs: readonly ValueMetadata[],
  outputs: readonly ValueMetadata[],
  rows: number,
): ModelContract | readonly ModelIssue[] {
  const issues: ModelIssue[] = [];
  const outputNames = outputs.map(({ name }) => name);
  const stateInputs = inputs.filter(({ name }) => stateOutputOf(name) !== undefined);
  const others = inputs.filter((input) => !stateInputs.includes(input));
  const observation = others.length === 1 ? others[0] : others.find(({ name }) => OBSERVATION_NAMES.includes(name));
  if (observation === undefined) {
    const rule = 'must have an input named observation, or one input that is no state';
    issues.push({ rule, received: namesOf(inputs) });
  }
  for (const { name } of others) {
    if (observation === undefined || name === observation.name) continue;
    const rule = `the input ${name} must be the observation or a state: a name with the word in, such as h_in`;
    issues.push({ rule, received: namesOf(inputs) });
  }
  issues.push(...stateInputs.flatMap((input) => stateIssues(input, outputNames, rows)));
  if (observation !== undefined) issues.push(...observationIssues(observation, rows));
  const head = HEADS.filter((name) => outputNames.includes(name));
  if (head.length !== 1) {
    const rule = 'must have one output named action, logits or mean';
    issues.push({ rule, received: namesOf(outputs), hint: 'name it in the export: output_names=[…]' });
  }
  issues.push(...outputIssues(outputs, stateInputs, head.length === 1 ? head[0] : undefined));
  if (issues.length > 0) return issues;
  const size = observation!.shape![1]!;
  return {
    observation: observation!.name,
    observationSize: typeof size === 'number' ? size : undefined,
    states: stateInputs.map((input) => stateOf(input, rows)),
    head: head[0]!,
    hasLogStd: outputNames.includes('log_std'),
  };
}

/** `h_in` → `h_out`, `state_in_c` → `state_out_c`; undefined for a name without the word `in`. */
function stateOutputOf(input: string): string | undefined {
  const words = input.split('_');
  const at = words.indexOf('in');
  return at < 0 || words.length < 2 ? undefined : words.with(at, 'out').join('_');
}

function stateOf({ name, shape }: ValueMetadata, rows: number): StateContract {
  const batchAxis = batchAxisOf(shape!, rows);
  const dims = shape!.map((dim) => (typeof dim === 'number' ? dim : rows));
  return { input: name, output: stateOutputOf(name)!, dims, batchAxis };
}

/** The dimension that is not fixed; of a model made for this very batch, the one of its size. */
function batchAxisOf(shape: readonly (number | string)[], rows: number): number {
  const dynamic = shape.findIndex((dim) => typeof dim !== 'number');
  return dynamic >= 0 ? dynamic : shape.indexOf(rows);
}

function observationIssues(observation: ValueMetadata, rows: number): ModelIssue[] {
  const { name, type, shape } = observation;
  const received = describeValue(observation);
  if (type !== 'float32' || shape?.length !== 2) {
    return [{ rule: `the input ${name} must be float32 [batch, n]`, received }];
  }
  if (typeof shape[0] !== 'number' || shape[0] === rows) return [];
  return [{ rule: `the first dimension of the input ${name} must be dynamic, or ${rows}`, received, hint: DYNAMIC }];
}

function stateIssues(input: ValueMetadata, outputs: readonly string[], rows: number): ModelIssue[] {
  const { name, type, shape } = input;
  const received = describeValue(input);
  const output = stateOutputOf(name)!;
  const issues: ModelIssue[] = [];
  if (!outputs.includes(output)) {
    const rule = `the state ${name} must have an output named ${output}`;
    issues.push({ rule, received: outputs.join(', ') });
  }
  if (type !== 'float32' || shape === undefined) {
    issues.push({ rule: `the state ${name} must be float32`, received });
  } else if (batchAxisOf(shape, rows) < 0) {
    issues.push({ rule: `one dimension of the state ${name} must be dynamic, the batch`, received, hint: DYNAMIC });
  } else if (shape.filter((dim) => typeof dim !== 'number').length > 1) {
    issues.push({ rule: `of the state ${name} only the batch may be dynamic, every other dimension fixed`, received });
  }
  return issues;
}

function outputIssues(
  outputs: readonly ValueMetadata[],
  stateInputs: readonly ValueMetadata[],
  head: HeadKind | undefined,
): ModelIssue[] {
  const states = stateInputs.map(({ name }) => stateOutputOf(name));
  const known = (name: string): boolean =>
    name === head || (name === 'log_std' && head === 'mean') || states.includes(name);
  const inputOf = (name: string): string | undefined => {
    const words = name.split('_');
    const at = words.indexOf('out');
    return at < 0 || words.length < 2 ? undefined : words.with(at, 'in').join('_');
  };
  return outputs.flatMap(({ name }): ModelIssue[] => {
    if (known(name) || (head === undefined && name === 'log_std')) return [];
    const input = inputOf(name);
    if (input !== undefined) return [{ rule: `the state output ${name} must have an input named ${input}` }];
    if (head === undefined) return [];
    const rule = `the output ${name} must be one that is known: action, logits, mean, log_std (beside mean), states`;
    return [{ rule, hint: 'leave it out of the export' }];
  });
}

function namesOf(values: readonly ValueMetadata[]): string {
  return values.map(({ name }) => name).join(', ');
}

/** `float32 [batch, 10]` */
export function describeValue({ isTensor, type, shape }: ValueMetadata): string {
  return isTensor ? `${type} [${shape?.join(', ')}]` : 'no tensor';
}
