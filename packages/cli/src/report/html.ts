/** Markup that is safe to put into a page as it stands. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Html | string | number | false | undefined | readonly Content[];

/** Markup from a template; everything put in that is not Html is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = parts[0]!;
  for (let i = 0; i < values.length; i++) text += textOf(values[i]) + parts[i + 1]!;
  return new Html(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}
