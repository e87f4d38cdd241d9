/** Widest line of a comparison. */
export const WIDTH = 100;

/** Without what a terminal may not have or a reader cannot type: narrow spaces, the minus sign, typographic quotes. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\u202f\u00a0]/g, ' ')
    .replaceAll('−', '-')
    .replaceAll(/[“”]/g, '"');
}

/** Lines of at most WIDTH columns, each after `indent` blanks. A word that is longer has a line of its own. */
export function wrapped(text: string, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  // A figure and its unit stay together: they are joined by a narrow space.
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${' '.repeat(indent)}${one}`);
}

/** A text that goes on in lines below its beginning; `width` is what the label shows, without colours. */
export function labelled(label: string, width: number, text: string): string[] {
  const [first, ...rest] = wrapped(text, width);
  return [`${label}${first!.trimStart()}`, ...rest];
}
