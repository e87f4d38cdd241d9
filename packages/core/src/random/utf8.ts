/**
 * Text as UTF-8, one character (0–255) a byte. Goes through `encodeURIComponent`, so that it needs nothing but
 * ECMAScript. Throws RangeError for text with a lone surrogate, which has no UTF-8 form.
 */
export function utf8Binary(text: string): string {
  let escaped: string;
  try {
    escaped = encodeURIComponent(text);
  } catch {
    throw new RangeError(`text to hash must be well-formed Unicode, got ${JSON.stringify(text)}`);
  }
  return escaped.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Text as the bytes of its UTF-8 form. Throws RangeError for text with a lone surrogate. */
export function utf8Bytes(text: string): Uint8Array {
  const binary = utf8Binary(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
