/**
 * What became of a delivery that was not acknowledged:
 * `retry` later, the same again; `blocked` until somebody mends the settings or the server; `too-large`; `refused` because
 * of what it says.
 */
export type FailureKind = 'retry' | 'blocked' | 'too-large' | 'refused';

export class SinkFailure extends Error {
  readonly kind: FailureKind;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  /** The server asked for this pause, ms. */
  readonly afterMs: number | undefined;
  /** Lines that the server says it did not store, where it says so. */
  readonly dropped: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    details: { status?: number; afterMs?: number | undefined; dropped?: number | undefined } = {},
  ) {
    super(message);
    this.name = 'SinkFailure';
    this.kind = kind;
    this.status = details.status ?? 0;
    this.afterMs = details.afterMs;
    this.dropped = details.dropped;
  }
}

/** Where points go. `write` resolves when they are stored there, and rejects with SinkFailure. */
export interface Sink {
  /** Deliveries at a time. */
  readonly lanes: number;
  write(body: Buffer): Promise<void>;
  /** Bytes of the file that this sink writes, for the journal. */
  readonly written?: number;
  /** Ends what is under way. */
  close(): void;
}
