import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Content, Html, html } from '../html.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

export const ACCENT = 'var(--accent)';
export const MUTED = 'var(--muted)';
export const INK = 'currentColor';
/** End of the name that Plot gives to a group: `y-axis tick label`. */
const AXIS_PART = /(tick label|axis label|grid|tick)$/;
const FONT_SIZE_PX = 12;

/** A picture is drawn twice, for wide and narrow screens: text that shrinks with a picture is not readable. */
export const WIDTHS = { wide: 760, narrow: 350 } as const;

export interface Panel {
  /** What a person who does not see it should know. */
  readonly alt: string;
  readonly options: (width: number) => PlotOptions;
}

/** Rows behind a figure, as its CSV file has them. Undefined is null. */
export interface FigureTable {
  /** Follows the figure's name in that of the file: `-fills`; empty for the main one. */
  readonly suffix: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A figure of a page that is also a file. */
export interface PageFigure {
  /** Of its files: lower case and hyphens. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly caption: Content;
  readonly tables: readonly FigureTable[];
}

/** How many numbers an axis of so many pixels has room for; it may have half as many again as are asked for. */
export function ticksFor(pixels: number, texts: readonly string[], most: number = 7): number {
  const widest = Math.max(...texts.map((text) => text.length));
  return Math.max(2, Math.min(pixels > 400 ? most : 4, Math.floor(pixels / (1.5 * (7 * widest + 12)))));
}

/** One figure of one or several panels, one below the other. */
export function figure(panels: readonly Panel[], caption: Content): Html {
  const drawn = (Object.entries(WIDTHS) as [string, number][]).map(
    ([name, width]) => html`<div class="${name}">${panels.map((panel) => new Html(drawPanel(panel, width)))}</div>`,
  );
  return html`<figure>${drawn}<figcaption>${caption}</figcaption></figure>`;
}

/** Of a section, where it has one. */
export function pageFigure(one: PageFigure | undefined): Html | undefined {
  return one === undefined ? undefined : figure(one.panels, one.caption);
}

/** The picture as SVG, its colours CSS variables. */
export function drawPanel({ alt, options }: Panel, width: number): string {
  const svg = plot({
    document: document as never,
    className: 'plot',
    width,
    ...options(width),
  });
  // Plot's own style sheet is the page's business.
  for (const style of svg.querySelectorAll('style')) style.remove();
  // A group without a role may have no label; but the style sheet has to know which are parts of an axis.
  for (const group of svg.querySelectorAll('g[aria-label]')) {
    const part = AXIS_PART.exec(group.getAttribute('aria-label')!)?.[0];
    if (part !== undefined) group.setAttribute('class', part.replace(' ', '-'));
    group.removeAttribute('aria-label');
  }
  svg.setAttribute('font-size', String(FONT_SIZE_PX));
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', alt);
  return shorter(svg.outerHTML);
}

/** Coordinates to a tenth of a pixel; what there is to read stays as it is. */
function shorter(svg: string): string {
  return svg.replace(/ (?:d|transform|width|height|[xy][12]?)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{2,}/g, (digits) => String(Number(Number(digits).toFixed(1)))),
  );
}
