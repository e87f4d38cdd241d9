/** A point as the specification of line protocol reads it, written without looking at the encoder. */
export interface ParsedPoint {
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<
    string,
    { readonly kind: 'float' | 'integer' | 'text'; readonly value: number | string }
  >;
  readonly stamp: string;
}

/**
 * Reads one line without its end. In names a backslash escapes a comma, a space and (not in measurements) an equals sign, and
 * stands for itself elsewhere; in texts it escapes a quote and a backslash.
 */
export function parseLine(line: string): ParsedPoint {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} expected at ${at} of ${JSON.stringify(line)}`);
  };
  const name = (ends: string, escapable: string): string => {
    let text = '';
    for (; at < line.length && !ends.includes(line[at]!); at++) {
      if (line[at] === '\\' && at + 1 < line.length && escapable.includes(line[at + 1]!)) at++;
      text += line[at];
    }
    return text === '' ? fail('a name') : text;
  };
  const take = (char: string): void => {
    if (line[at] !== char) fail(JSON.stringify(char));
    at++;
  };
  if (line.startsWith('#')) fail('a point, not a comment,');
  const measurement = name(', ', ', ');
  const tags = new Map<string, string>();
  while (line[at] === ',') {
    at++;
    const key = name('=, ', '=, ');
    take('=');
    if (tags.has(key)) fail(`another tag than ${key}`);
    tags.set(key, name(', ', '=, '));
    if (tags.get(key)!.endsWith('\\')) fail('a tag that does not end with a backslash');
  }
  take(' ');
  const fields = new Map<string, { kind: 'float' | 'integer' | 'text'; value: number | string }>();
  for (;;) {
    const key = name('=, ', '=, ');
    take('=');
    if (fields.has(key)) fail(`another field than ${key}`);
    fields.set(key, line[at] === '"' ? { kind: 'text', value: quoted() } : numeric());
    if (line[at] !== ',') break;
    at++;
  }
  take(' ');
  const stamp = line.slice(at);
  return /^-?\d{1,19}$/.test(stamp) ? { measurement, tags, fields, stamp } : fail('a timestamp');

  function quoted(): string {
    let text = '';
    for (at++; line[at] !== '"'; at++) {
      if (at >= line.length) fail('the end of a text');
      if (line[at] === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\')) at++;
      text += line[at];
    }
    at++;
    return text;
  }

  function numeric(): { kind: 'float' | 'integer'; value: number } {
    const end = /[, ]/.exec(line.slice(at))?.index ?? fail('the end of a number');
    const text = line.slice(at, at + end);
    at += end;
    if (/^-?\d+i$/.test(text)) return { kind: 'integer', value: Number(text.slice(0, -1)) };
    if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) fail('a number');
    return { kind: 'float', value: Number(text) };
  }
}
