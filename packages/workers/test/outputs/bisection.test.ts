import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bisection, ServerDoubted } from '../../src/outputs/bisection.ts';
import { SinkFailure } from '../../src/outputs/sink.ts';

/** `parse`: 400, and nothing is stored; `conflict`: 422, the others are stored; `large`: 413 for what is longer than a server takes. */
type Fault = 'parse' | 'conflict' | 'large';

interface Model {
  readonly lines: readonly string[];
  readonly bad: ReadonlySet<string>;
  readonly fault: Fault;
  /** Lines that a request may have. */
  readonly most: number;
}

/** A server that knows the bad lines, and what it has stored. */
class Server {
  readonly stored = new Set<string>();
  requests = 0;
  private readonly model: Model;

  constructor(model: Model) {
    this.model = model;
  }

  readonly attempt = async (lines: readonly string[]): Promise<SinkFailure | null> => {
    const { bad, fault, most } = this.model;
    this.requests++;
    if (lines.length > most) return new SinkFailure('too-large', '413 too large', { status: 413 });
    const wrong = lines.filter((line) => bad.has(line));
    if (fault === 'conflict' || wrong.length === 0) for (const line of lines) if (!bad.has(line)) this.stored.add(line);
    if (wrong.length === 0) return null;
    if (fault === 'large') return new SinkFailure('too-large', '413 too large', { status: 413 });
    if (fault === 'parse') return new SinkFailure('refused', '400 unable to parse', { status: 400 });
    const dropped = wrong.length;
    return new SinkFailure('refused', `422 partial write dropped=${dropped}`, { status: 422, dropped });
  };
}

const model: fc.Arbitrary<Model> = fc
  .record({
    marks: fc.array(fc.record({ name: fc.constantFrom('a', 'b b', 'c'), isBad: fc.boolean() }), {
      minLength: 1,
      maxLength: 70,
    }),
    rarity: fc.constantFrom(1, 1, 5),
    fault: fc.constantFrom<Fault>('parse', 'conflict', 'large'),
    most: fc.constantFrom(1, 7, 1_000),
  })
  .map(({ marks, rarity, fault, most }) => {
    const lines = marks.map(({ name }, i) => `${name.replace(' ', '\\ ')},run=x v=${i} ${i}`);
    const bad = new Set(lines.filter((_, i) => marks[i]!.isBad && i % rarity === 0));
    return { lines, bad, fault, most };
  });

describe('Bisection', () => {
  test('refuses exactly the bad lines and delivers all others, whichever they are', async () => {
    await fc.assert(
      fc.asyncProperty(model, async (model) => {
        const server = new Server(model);
        const first = await server.attempt(model.lines);
        if (first === null) return;
        const bisection = new Bisection(server.attempt, true);
        await bisection.divide(model.lines, first);
        expect(bisection.refused.map(({ line }) => line).sort()).toEqual([...model.bad].sort());
        expect([...server.stored].sort()).toEqual(model.lines.filter((line) => !model.bad.has(line)).sort());
        for (const { status, reason } of bisection.refused) {
          expect(reason).toMatch(new RegExp(`^${status} `));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('doubts the server, not the lines, unless others are taken meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(model, async (model) => {
        const server = new Server(model);
        const first = await server.attempt(model.lines);
        if (first === null) return;
        const bisection = new Bisection(server.attempt, false);
        const outcome = await bisection.divide(model.lines, first).then(
          () => bisection.isCertain,
          (error: unknown) => {
            if (error instanceof ServerDoubted) return false;
            throw error;
          },
        );
        // What it is certain of is right, as long as somebody wrote a point.
        if (outcome) expect(bisection.refused.map(({ line }) => line).sort()).toEqual([...model.bad].sort());
        else expect(model.fault).toBe('parse');
      }),
      { numRuns: 500 },
    );
  });

  test('is not sure where a server refuses everything', async () => {
    const refusal = new SinkFailure('refused', '400 nonsense', { status: 400 });
    const lines = Array.from({ length: 64 }, (_, i) => `m v=${i} ${i}`);
    let requests = 0;
    const everything = new Bisection(async () => {
      requests++;
      return refusal;
    }, false);
    await expect(everything.divide(lines, refusal)).rejects.toThrow(ServerDoubted);
    expect(requests).toBeLessThan(20);
    const single = new Bisection(async () => refusal, false);
    await single.divide(lines.slice(0, 1), refusal);
    expect(single.isCertain).toBe(false);
  });

  test('finds one bad line of many with few requests', async () => {
    const lines = Array.from({ length: 4_096 }, (_, i) => `m v=${i} ${i}`);
    const server = new Server({ lines, bad: new Set([lines[1_234]!]), fault: 'parse', most: 5_000 });
    const bisection = new Bisection(server.attempt, false);
    await bisection.divide(lines, (await server.attempt(lines))!);
    expect(bisection.refused).toHaveLength(1);
    expect(server.requests).toBeLessThanOrEqual(1 + 2 * 12);
  });
});
