import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Content, Html, html } from '../html.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

export const ACCENT = 'var(--accent)';
export const MUTED = 'var(--muted)';
export const INK = 'currentColor';
const FONT_SIZE_PX = 12;

/** A picture is drawn twice, for wide and narrow screens: text that shrinks with a picture is not readable. */
export const WIDTHS = { wide: 760, narrow: 350 } as const;

export interface Panel {
  /** What a person who does not see it should know. */
  readonly alt: string;
  readonly options: (width: number) => PlotOptions;
}

/** One figure of one or several panels, one below the other. */
export function figure(panels: readonly Panel[], caption: Content): Html {
  const drawn = (Object.entries(WIDTHS) as [string, number][]).map(
    ([name, width]) => html`<div class="${name}">${panels.map((panel) => draw(panel, width))}</div>`,
  );
  return html`<figure>${drawn}<figcaption>${caption}</figcaption></figure>`;
}

function draw({ alt, options }: Panel, width: number): Html {
  const svg = plot({
    document: document as never,
    className: 'plot',
    width,
    ...options(width),
  });
  // Plot's own style sheet is the page's business.
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.setAttribute('font-size', String(FONT_SIZE_PX));
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', alt);
  return new Html(shorter(svg.outerHTML));
}

/** Coordinates to a tenth of a pixel; what there is to read stays as it is. */
function shorter(svg: string): string {
  return svg.replace(/ (?:d|transform|width|height|[xy][12]?)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{2,}/g, (digits) => String(Number(Number(digits).toFixed(1)))),
  );
}
