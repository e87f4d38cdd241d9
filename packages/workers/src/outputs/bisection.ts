import type { SinkFailure } from './sink.ts';

/** A line that the server does not take, and why. */
export interface RefusedLine {
  readonly line: string;
  readonly status: number;
  readonly reason: string;
}

/** Lines that fail one after the other, with none accepted between them, before the server itself is doubted. */
const SUSPECTS = 4;

/** Null: acknowledged. Otherwise the server answered, and does not take it. */
export type Attempt = (lines: readonly string[]) => Promise<SinkFailure | null>;

/** Everything fails: it is not for the lines that the server refuses. */
export class ServerDoubted extends Error {
  readonly failure: SinkFailure;

  constructor(failure: SinkFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * Finds the lines that a server refuses. To send others again does no harm: they overwrite themselves. A single line is held to
 * be bad only if the server takes others meanwhile, or if `isTrusted`.
 */
export class Bisection {
  readonly refused: RefusedLine[] = [];
  private readonly attempt: Attempt;
  private hasEvidence: boolean;

  constructor(attempt: Attempt, isTrusted: boolean) {
    this.attempt = attempt;
    this.hasEvidence = isTrusted;
  }

  /** Divides lines that were refused as a whole. Throws ServerDoubted. */
  async divide(lines: readonly string[], failure: SinkFailure): Promise<void> {
    const isAll = failure.dropped === lines.length;
    if (isAll || lines.length === 1) return this.refuse(lines, failure, isAll);
    for (const part of partsOf(lines, failure)) {
      const next = await this.attempt(part);
      if (next === null) this.hasEvidence = true;
      else await this.divide(part, next);
    }
  }

  private refuse(lines: readonly string[], failure: SinkFailure, isCertain: boolean): void {
    const { status, message: reason } = failure;
    for (const line of lines) this.refused.push({ line, status, reason });
    // Who counts what he drops, and who finds one line too large, speaks of the lines.
    if (isCertain || failure.kind === 'too-large') this.hasEvidence = true;
    if (!this.hasEvidence && this.refused.length >= SUSPECTS) throw new ServerDoubted(failure);
  }

  /** Whether the lines found are at fault, and not the server. */
  get isCertain(): boolean {
    return this.hasEvidence || this.refused.length === 0;
  }
}

/** A type conflict concerns a measurement: where there are several, they part first. Otherwise halves. */
function partsOf(lines: readonly string[], failure: SinkFailure): string[][] {
  if (failure.kind === 'refused') {
    const groups = new Map<string, string[]>();
    for (const line of lines) {
      const name = /^(?:\\.|[^,\\ ])*/.exec(line)![0];
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [line]);
      else group.push(line);
    }
    if (groups.size > 1) return [...groups.values()];
  }
  const middle = Math.ceil(lines.length / 2);
  return [lines.slice(0, middle), lines.slice(middle)];
}
