import { createHash } from 'node:crypto';
import type { EndReason } from '@ergodic/core';

/** Part of the digest: a change of its layout changes every digest. */
const DIGEST_SCHEMA = 'ergodic-episodes-1';

/**
 * SHA-256 over the schema version, the names of the fields and, episode by episode in order, end reason, failure code, number and
 * every field: a byte that is 1 for null, then a little-endian double (0 for null).
 */
export class EpisodeDigest {
  private readonly hash = createHash('sha256').update(DIGEST_SCHEMA);
  private readonly bytes: Buffer;

  constructor(fields: readonly string[]) {
    this.hash.update(JSON.stringify(fields));
    this.bytes = Buffer.alloc(9 * (fields.length + 1));
  }

  /** `figures` has a number for each field, NaN for null. `code` is empty unless the episode failed. */
  add(episode: number, reason: EndReason, code: string, figures: Float64Array): void {
    const { bytes, hash } = this;
    bytes.writeDoubleLE(episode, 1);
    let at = 9;
    for (const value of figures) {
      const isNull = Number.isNaN(value);
      bytes[at] = isNull ? 1 : 0;
      bytes.writeDoubleLE(isNull ? 0 : value, at + 1);
      at += 9;
    }
    hash.update(`${reason}\0${code}\0`).update(bytes);
  }

  /** The digest of what was added; afterwards nothing can be added. */
  hex(): string {
    return this.hash.digest('hex');
  }
}
