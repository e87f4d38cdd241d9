// Compiled by types.test.ts, never run.
import { type NodeOptions, PipelineNode, parallel, pipeline } from '@ergodic/pipeline';

const text = new PipelineNode({ handler: (x: number) => `${x}` });
const length = new PipelineNode({ handler: async (x: string) => x.length });
export const pushed: Promise<string> = text.push(1);
// @ts-expect-error: another type of event
text.push('1');

const options = { capacity: 8 } as const;
const all = (xs: readonly number[]): readonly string[] => xs.map((x) => `${x}`);
export const batched: Promise<string> = new PipelineNode({ ...options, batch: 3, handler: all }).push(1);
// @ts-expect-error: a handler of single events
new PipelineNode({ batch: 2, handler: (x: number) => x });
const sink = new PipelineNode<number, void>({ batch: 3, handler: async (xs) => void xs });
export const closable = new PipelineNode({ handler: { handle: (x: number) => x, close: () => 1 } });
export const wrapped: NodeOptions<number, number> = { handler: (x) => x };

export const last: Promise<number> = pipeline([text, length]).push(1);
export const stored: Promise<void> = length.to(sink).push('x');
// @ts-expect-error: a number is no event of the next
length.to(length);
// @ts-expect-error: a number is no event of the next
pipeline([text, length, length]);

const even = new PipelineNode({ handler: (x: number) => (x % 2 === 0 ? x : undefined) });
export const dropped: Promise<string | undefined> = pipeline([even, text]).push(1);
// @ts-expect-error: it may be dropped
export const kept: Promise<string> = pipeline([even, text]).push(1);
export const both: Promise<[string, number | undefined]> = parallel([text, even]).push(1);
