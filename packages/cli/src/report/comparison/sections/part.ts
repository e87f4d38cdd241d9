import { type Content, type Html, html } from '../../html.ts';
import type { PairData } from '../load.ts';

/** A part of what is told of one pair: a section of a page on one pair, a subsection of a page on several. */
export interface Part {
  readonly id: string;
  readonly title: string;
  readonly body: readonly Content[];
}

export function part(id: string, title: string, ...body: readonly Content[]): Part {
  return { id, title, body };
}

/** Below a title of its own; `prefix` keeps ids apart. */
export function subsection({ id, title, body }: Part, prefix: string): Html {
  return html`<h3 id="${prefix}-${id}">${title}</h3>${body}
`;
}

/** Letters of the two runs of a pair. */
export function lettersOf({ comparison, candidate }: PairData): readonly [a: string, b: string] {
  return [comparison.baseline.label, candidate.run.label];
}
