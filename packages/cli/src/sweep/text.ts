const WIDTH = 100;
const LABEL = 11;

/** A label and a text beside it, broken between words. */
export function labeled(label: string, text: string): string[] {
  const lines: string[] = [];
  let line = '';
  // A number keeps its sign of per cent.
  for (const word of text.split(/ (?!%)/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH - LABEL) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one, i) => (i === 0 ? label : '').padEnd(LABEL) + one);
}
