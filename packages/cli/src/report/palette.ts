/** Colours of the page and its pictures, by the name of their CSS variable. Text on paper has a contrast of 4.5, bars and lines of 3. */
export type Palette = Readonly<
  Record<'paper' | 'ink' | 'soft' | 'muted' | 'line' | 'wash' | 'accent' | 'alarm', string>
>;

export const LIGHT: Palette = {
  paper: '#ffffff',
  ink: '#1c1f23',
  soft: '#5b626b',
  muted: '#868f99',
  line: '#dfe3e8',
  wash: '#f5f7f9',
  accent: '#1f6f8b',
  alarm: '#a3341f',
};

export const DARK: Palette = {
  paper: '#14171a',
  ink: '#e4e7ea',
  soft: '#a2a9b1',
  muted: '#727b85',
  line: '#2d3339',
  wash: '#1b1f23',
  accent: '#5fb3cf',
  alarm: '#ec8b73',
};

/** `--paper: #ffffff; --ink: …` */
export function variablesOf(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ');
}

/** A picture's text with the colours of one palette in place of variables: for programs that know no CSS variables. */
export function resolveColors(svg: string, palette: Palette): string {
  return svg
    .replace(/var\(--([a-z-]+)\)/g, (text, name: string) => palette[name as keyof Palette] ?? text)
    .replaceAll('currentColor', palette.ink);
}
