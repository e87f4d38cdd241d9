import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writePage } from '../../pictures/write-page.ts';
import type { FigureTable, PageFigure } from '../figures/figure.ts';
import { csvOf } from './csv.ts';

/** Files of one figure, as paths. */
export interface FigureFiles {
  readonly name: string;
  readonly title: string;
  readonly csv: readonly string[];
  readonly png?: string;
}

export interface FigureFormats {
  /** The rows behind the figures. */
  readonly csv: boolean;
  readonly png: boolean;
}

/** Writes figures into `figures/` of a run, where a format is asked for. */
export async function writeFigures(
  dir: string,
  figures: readonly PageFigure[],
  formats: FigureFormats,
): Promise<FigureFiles[]> {
  if (!formats.csv && !formats.png) return [];
  const folder = join(dir, 'figures');
  await mkdir(folder, { recursive: true });
  const written: FigureFiles[] = [];
  for (const figure of figures) {
    const { name, title } = figure;
    const csv = formats.csv ? await writeTables(folder, name, figure.tables) : [];
    const png = formats.png && figure.panels.length > 0 ? await writePicture(folder, figure) : undefined;
    if (csv.length > 0 || png !== undefined) written.push({ name, title, csv, ...(png === undefined ? {} : { png }) });
  }
  return written;
}

async function writeTables(folder: string, name: string, tables: readonly FigureTable[]): Promise<string[]> {
  const paths: string[] = [];
  for (const table of tables) {
    const path = join(folder, `${name}${table.suffix}.csv`);
    await writePage(path, csvOf(table));
    paths.push(path);
  }
  return paths;
}

async function writePicture(folder: string, figure: PageFigure): Promise<string> {
  // Loaded only where pictures are asked for.
  const { pngOf } = await import('./png.ts');
  const path = join(folder, `${figure.name}.png`);
  await writePage(path, pngOf(figure));
  return path;
}
