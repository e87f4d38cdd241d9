import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a page or a picture in one go: a reader sees the old one or the new one. */
export async function writePage(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** `ergodic-paths.html` for `examples/ergodic.yaml`, in this folder: made anew each time. */
export function defaultPage(source: string, what: string): string {
  return path.resolve(`${path.basename(source, path.extname(source))}-${what}.html`);
}
