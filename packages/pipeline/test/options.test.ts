import { readFileSync } from 'node:fs';
import { PipelineError, PipelineNode, parallel, pipeline } from '@ergodic/pipeline';
import { describe, expect, it } from 'vitest';
import { FAULTS } from './support.ts';

function errorOf(make: () => unknown): PipelineError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError);
    return error as PipelineError;
  }
  throw new Error('it must throw');
}

describe('options', () => {
  const handler = (event: number): number => event;
  it.each([
    [{ handler, capacity: 0 }, 'node: capacity must be an integer of at least 1, got 0'],
    [{ handler, capacity: 1.5 }, 'node: capacity must be an integer of at least 1, got 1.5'],
    [{ handler, capacity: Number.NaN }, 'node: capacity must be an integer of at least 1, got NaN'],
    [{ handler, concurrency: -1 }, 'node: concurrency must be an integer of at least 1, got -1'],
    [{ handler, batch: 0 }, 'node: batch must be an integer of at least 1, got 0'],
    [{ handler, retries: '2' }, "node: retries must be an integer of at least 0, got '2'"],
    [{ handler, onFull: 'drop' }, "node: onFull must be 'reject' or 'wait', got 'drop'"],
    [{ handler, intervalMs: -1 }, 'node: intervalMs must be milliseconds, 0 to 2147483647, got -1'],
    [{ handler, intervalMs: Infinity }, 'node: intervalMs must be milliseconds, 0 to 2147483647, got Infinity'],
    [{ handler, timeoutMs: 0 }, 'node: timeoutMs must be milliseconds above 0, to 2147483647, or Infinity, got 0'],
    [
      { handler, timeoutMs: 2 ** 31 },
      'node: timeoutMs must be milliseconds above 0, to 2147483647, or Infinity, got 2147483648',
    ],
    [{ handler, restarts: { limit: -1 } }, 'node: restarts.limit must be an integer of at least 0, got -1'],
    [{ handler, name: '' }, "node: name must be a text with at least one character, got ''"],
    [{ handler, onEvent: 1 }, 'node: onEvent must be a function, got 1'],
    [{ handler, timeout: 5 }, /^node: there is no option timeout; there are name, handler/],
    [{}, 'node: there must be either a handler or a thread, got neither'],
    [{ handler, thread: { module: FAULTS } }, 'node: there must be either a handler or a thread, got both'],
    [{ handler: './x.js' }, /^node: handler must be a function or \{ handle, close \}; .* got '.\/x.js'/],
    [
      { name: 'a', thread: { module: './x.js' } },
      /^a: thread.module must be a file: URL or an absolute path; .*got '.\/x.js'/,
    ],
    [
      { thread: { module: FAULTS, handler: 'double', create: 'create' } },
      /^node: thread must have handler or create, got both/,
    ],
    [{ thread: { module: FAULTS, heapMb: 0 } }, 'node: thread.heapMb must be an integer of at least 1, got 0'],
    [{ thread: { module: FAULTS, export: 'x' } }, /^node: there is no option thread.export/],
    [undefined, /^node: options must be an object, got undefined/],
  ])('%j are refused', (options, message) => {
    const error = errorOf(() => new PipelineNode(options as never));
    expect(error.code).toBe('OPTION_INVALID');
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });
});

describe('docs/pipeline.md', () => {
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
  const firstCells = (header: string): string[] => {
    const table = read('../../../docs/pipeline.md').split(`| ${header} `)[1]!.split('\n\n')[0]!;
    return [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!);
  };

  it('has every error code', () => {
    const codes = [...read('../src/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code!);
    expect(codes.length).toBe(11);
    expect(firstCells('code').sort()).toEqual(codes.sort());
  });

  it('has every option', () => {
    const { message } = errorOf(() => new PipelineNode({ handler: () => 1, unknown: 1 } as never));
    const options = message.split('there are ')[1]!.split(', ');
    expect(firstCells('option').sort()).toEqual(options.sort());
  });
});

describe('stages that do not make a pipeline', () => {
  const node = new PipelineNode({ name: 'a', handler: (event: number) => event });
  it.each([
    ['none', () => pipeline([] as never), /at least one stage/],
    [
      'a function',
      () => pipeline([(event: number) => event] as never),
      /each stage must be a PipelineNode or a pipeline, got/,
    ],
    ['a node twice', () => pipeline([node, node]), /a node must be in a pipeline once, a is there twice/],
    [
      'a node twice, inside',
      () => node.to(parallel([new PipelineNode({ handler: (x: number) => x }), node])),
      /a is there twice/,
    ],
  ])('are refused: %s', (_, make, message) => {
    const error = errorOf(make);
    expect(error.code).toBe('OPTION_INVALID');
    expect(error.message).toMatch(message);
  });
});
