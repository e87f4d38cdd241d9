import { Packr } from 'msgpackr';
import { RllinkError } from './errors.ts';

const HEADER_BYTES = 8;
/** Eight digits say no more. */
const MOST_BYTES = 99_999_999;
const SHOWN_BYTES = 16;

// Maps stay maps, both ways: a plain object cannot have keys of bytes, which arrays have.
const packr = new Packr({ useRecords: false, mapsAsObjects: false });

/** A message as it travels: eight ASCII digits, the length of the body in bytes, then the body in MessagePack. */
export function encodeFrame(message: object): Uint8Array {
  const body = packr.pack(message);
  if (body.length > MOST_BYTES) {
    throw new RangeError(`encodeFrame: a body has at most ${MOST_BYTES} bytes, got ${body.length}`);
  }
  const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + body.length);
  frame.write(String(body.length).padStart(HEADER_BYTES, '0'), 'latin1');
  body.copy(frame, HEADER_BYTES);
  return frame;
}

/** Bytes, cut anywhere, → messages. */
export class FrameDecoder {
  private readonly mostBytes: number;
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes of the body under way, −1 before its header is whole. */
  private bodyBytes = -1;

  /** `mostBytes`: a longer body is refused at its header, before any memory is taken. */
  constructor(mostBytes = MOST_BYTES) {
    this.mostBytes = mostBytes;
  }

  /**
   * The messages that are whole now, each a map. Throws RllinkError `RLLINK_PROTOCOL` where the bytes are no frame; the decoder
   * is of no use then.
   */
  push(chunk: Buffer): Map<unknown, unknown>[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    const messages: Map<unknown, unknown>[] = [];
    for (;;) {
      if (this.bodyBytes < 0) {
        this.checkStart();
        if (this.size < HEADER_BYTES) return messages;
        this.bodyBytes = this.lengthOf(this.take(HEADER_BYTES));
      }
      if (this.size < this.bodyBytes) return messages;
      messages.push(decodeBody(this.take(this.bodyBytes)));
      this.bodyBytes = -1;
    }
  }

  /** A first byte that is no digit is enough to know: whoever sent it may wait for us. */
  private checkStart(): void {
    const first = this.chunks.find(({ length }) => length > 0);
    if (first === undefined) return;
    const digits = first.subarray(0, HEADER_BYTES).toString('latin1');
    if (!/^\d*$/.test(digits)) throw notAFrame(first);
  }

  private lengthOf(header: Buffer): number {
    const text = header.toString('latin1');
    if (!/^\d{8}$/.test(text)) throw notAFrame(header);
    const length = Number(text);
    if (length <= this.mostBytes) return length;
    throw new RllinkError(
      'RLLINK_PROTOCOL',
      `a message may have at most ${this.mostBytes} bytes, got one of ${length}; it is no RLlink server, or its module is too large`,
    );
  }

  private take(length: number): Buffer {
    const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks, this.size);
    this.size -= length;
    this.chunks = this.size === 0 ? [] : [all.subarray(length)];
    return all.subarray(0, length);
  }
}

function notAFrame(bytes: Buffer): RllinkError {
  const shown = JSON.stringify(bytes.subarray(0, SHOWN_BYTES).toString('latin1'));
  return new RllinkError('RLLINK_PROTOCOL', `a message must begin with its length in eight digits, got ${shown}`);
}

function decodeBody(body: Buffer): Map<unknown, unknown> {
  let message: unknown;
  try {
    message = packr.unpack(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RllinkError(
      'RLLINK_PROTOCOL',
      `a message must be MessagePack, these ${body.length} bytes are not (${why})`,
    );
  }
  if (message instanceof Map && typeof message.get('type') === 'string') return message;
  throw new RllinkError('RLLINK_PROTOCOL', 'a message must be a map with a type, this one is not');
}
