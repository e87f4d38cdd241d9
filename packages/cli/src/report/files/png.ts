import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { drawPanel, type PageFigure, type Panel, WIDTHS } from '../figures/figure.ts';
import { LIGHT, resolveColors } from '../palette.ts';
import { PLOT_STYLE } from '../style.ts';

const PADDING_PX = 16;
/** Pixels of the picture for one of the page: sharp on every screen. */
const SCALE = 2;
/** The same letters on every machine. */
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

/** A figure as a PNG: its panels one below the other, in the light palette on white. */
export function pngOf(figure: PageFigure): Uint8Array {
  const require = createRequire(import.meta.url);
  return new Resvg(svgOf(figure.panels), {
    fitTo: { mode: 'zoom', value: SCALE },
    background: LIGHT.paper,
    font: {
      loadSystemFonts: false,
      fontFiles: FONTS.map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}`)),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  })
    .render()
    .asPng();
}

/** One SVG of all panels, with colours for variables. */
export function svgOf(panels: readonly Panel[]): string {
  let height = PADDING_PX;
  const drawn = panels.map((panel) => {
    const svg = drawPanel(panel, WIDTHS.wide);
    const top = height;
    height += Number(/ height="([\d.]+)"/.exec(svg)![1]);
    // A picture within a picture would clip what hangs over its edge.
    return svg.replace('<svg ', `<svg overflow="visible" x="${PADDING_PX}" y="${top}" `);
  });
  const width = WIDTHS.wide + 2 * PADDING_PX;
  const style = `<style>${PLOT_STYLE}</style>`;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + PADDING_PX}">${style}${drawn.join('')}</svg>`;
  return resolveColors(text, LIGHT);
}
