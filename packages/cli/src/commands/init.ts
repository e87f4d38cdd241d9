import path from 'node:path';
import { writeInit } from '../init/init.ts';
import { print } from '../output.ts';
import { typed } from '../runs.ts';

export async function init(dir: string = '.'): Promise<number> {
  const files = await writeInit(dir);
  const config = typed(path.resolve(files[0]!));
  print(`${files.map((file) => `wrote ${typed(path.resolve(file))}`).join('\n')}\n\nNext: ergodic run ${config}\n`);
  return 0;
}
