import { type Content, Html, html } from '../html.ts';

/** A part of a page that its contents name. */
export class Section extends Html {
  readonly id: string;
  readonly title: string;

  constructor(id: string, title: string, body: readonly Content[]) {
    super(
      html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`.text,
    );
    this.id = id;
    this.title = title;
  }
}

export function section(id: string, title: string, ...body: readonly Content[]): Section {
  return new Section(id, title, body);
}

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Content[])[];
  readonly className?: string;
  /** Columns, from 0, that hold text. */
  readonly text?: readonly number[];
}

/** A table that scrolls by itself where it is wider than the page. */
export function table({ caption, head, rows, className = '', text = [] }: Table): Html {
  const kind = (i: number): Content => text.includes(i) && html` class="text"`;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table class="${className}"><caption><span>${caption}</span></caption>
<thead><tr>${head.map((name, i) => html`<th scope="col"${kind(i)}>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      first,
      ...cells
    ]) => html`<tr><th scope="row">${first}</th>${cells.map((cell, i) => html`<td${kind(i + 1)}>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** A figure of a list, with remarks below it. */
export function figureItem(name: string, value: Content, ...more: readonly Content[]): Html {
  const lines = more.filter((line) => line !== false && line !== undefined);
  return html`<div><dt>${name}</dt><dd class="value">${value}</dd>${lines.map((line) => html`<dd class="more">${line}</dd>`)}</div>
`;
}
