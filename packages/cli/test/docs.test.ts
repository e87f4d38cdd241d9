import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  builtinRewards,
  builtinStrategies,
  configJsonSchema,
  type ParameterSpecs,
  recordFields,
  Simulation,
} from '@ergodic/core';
import { loadCandles, tableColumns } from '@ergodic/workers';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/index.ts';
import { ergodic } from './cli/ergodic.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CORE = path.join(ROOT, 'packages/core/dist/index');
const CALIBRATION = path.join(ROOT, 'packages/calibration/dist/index');
const PIPELINE = path.join(ROOT, 'packages/pipeline/dist/index');
const LEARNING = path.join(ROOT, 'packages/learning/dist/index');
const STATISTICS = path.join(ROOT, 'packages/statistics/dist/index');
const ANALYSIS = path.join(ROOT, 'packages/analysis/dist/index');
const WORKERS = path.join(ROOT, 'packages/workers/dist/index');

interface Block {
  /** First word after the fence. */
  readonly language: string;
  /** What follows it: what the block is. */
  readonly kind: string;
  readonly text: string;
  /** `README.md:42` */
  readonly place: string;
}

interface Page {
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

function markdownIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/node_modules|\bvenv\b/.test(name))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

function readPage(name: string): Page {
  const text = readFileSync(path.join(ROOT, name), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+) ?(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    kind: match[2]!,
    text: match[3]!,
    place: `${name}:${text.slice(0, match.index).split('\n').length}`,
  }));
  return { name, text, blocks };
}

const PACKAGES = ['core', 'calibration', 'statistics', 'workers', 'analysis', 'pipeline', 'cli'].map(
  (name) => `packages/${name}/README.md`,
);
const names = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'bench/README.md', ...PACKAGES];
const pages = [...names, ...markdownIn('docs'), ...markdownIn('examples')].map(readPage);
const blocks = pages.flatMap((page) => page.blocks);
const pageNamed = (name: string): Page => pages.find((page) => page.name === name)!;

const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-docs-'));
writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with the files of a page, named by the comment on their first line, and the candles of the examples. */
function folderOf({ name, blocks }: Page): string {
  const dir = path.join(folder, name.replaceAll(/\W/g, '_'));
  if (existsSync(dir)) return dir;
  mkdirSync(dir);
  cpSync(path.join(ROOT, 'examples/data'), dir, { recursive: true });
  for (const [i, { language, kind, text, place }] of blocks.entries()) {
    if (language !== 'ts' || kind === '') continue;
    const file = kind === 'library' ? `library-${i}.ts` : /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
    if (file === undefined) throw new Error(`${place}: a part must begin with a comment that names its file`);
    writeFileSync(path.join(dir, file), text);
  }
  return dir;
}

async function definitionOf(file: string): Promise<never> {
  const bundled = path.join(folder, `${path.basename(file, '.ts')}-${Date.now()}.mjs`);
  await build({
    entryPoints: [file],
    outfile: bundled,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    alias: { '@ergodic/core': `${CORE}.js` },
  });
  return ((await import(pathToFileURL(bundled).href)) as { default: never }).default;
}

describe('configs', () => {
  const configs = pages.flatMap((page) =>
    page.blocks
      .filter(({ language, kind }) => language === 'yaml' && kind === 'config')
      .map((block) => ({ page, block })),
  );

  it('stand in the pages that need one', () => {
    const with_ = new Set(configs.map(({ page }) => page.name));
    expect([...with_]).toEqual(expect.arrayContaining(['README.md', 'docs/configuration.md', 'docs/strategies.md']));
  });

  it.each(configs.map(({ page, block }) => [block.place, page, block] as const))(
    'the one at %s runs an episode',
    async (place, page, { text }) => {
      const dir = folderOf(page);
      const name = `${place.replaceAll(/\W/g, '_')}.yaml`;
      writeFileSync(path.join(dir, name), text);
      const { config } = await loadConfig({ path: name, cwd: dir });
      const load = async (uses: readonly { use: string }[]): Promise<Record<string, never>> => {
        const files = uses.map(({ use }) => use).filter((use) => path.isAbsolute(use));
        return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await definitionOf(file)])));
      };
      const simulation = new Simulation(config, {
        strategies: await load([config.strategy]),
        components: await load(config.components),
        rewards: await load(config.rewards),
        candles: Object.fromEntries(loadCandles(config).map(({ symbol, series }) => [symbol, series])),
      });
      simulation.begin(0);
      expect(simulation.advance()).toBe('ended');
      const figures = new Float64Array(simulation.fields.length);
      simulation.record(figures, 0);
      expect(simulation.loop.endReason).toBe('completed');
      expect(figures[simulation.fields.indexOf('fills')]).toBeGreaterThan(0);
    },
  );
});

describe('TypeScript', () => {
  it('compiles, and types come from @ergodic/core and @ergodic/workers', () => {
    const files = pages.flatMap((page) =>
      page.blocks.some(({ language, kind }) => language === 'ts' && kind !== '') ? [`${folderOf(page)}/*.ts`] : [],
    );
    expect(files.length).toBeGreaterThanOrEqual(4);
    const config = path.join(folder, 'tsconfig.json');
    const compilerOptions = {
      noEmit: true,
      composite: false,
      incremental: false,
      types: ['node'],
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
      paths: {
        '@ergodic/core': [`${CORE}.d.ts`],
        '@ergodic/calibration': [`${CALIBRATION}.d.ts`],
        '@ergodic/pipeline': [`${PIPELINE}.d.ts`],
        '@ergodic/learning': [`${LEARNING}.d.ts`],
        '@ergodic/workers': [`${WORKERS}.d.ts`],
        '@ergodic/statistics': [`${STATISTICS}.d.ts`],
        '@ergodic/analysis': [`${ANALYSIS}.d.ts`],
      },
    };
    const text = { extends: path.join(ROOT, 'tsconfig.base.json'), compilerOptions, include: files };
    writeFileSync(config, JSON.stringify(text));
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('is marked with what it is', () => {
    const unmarked = blocks.filter(({ language, kind }) => language === 'ts' && kind === '').map(({ place }) => place);
    expect(unmarked, 'write ```ts strategy, component, reward or library').toEqual([]);
  });
});

describe('ergodic commands', () => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text, place }) =>
      text
        .split('\n')
        .map((line) => line.replace(/\s#.*$/, '').trim())
        .filter((line) => line.startsWith('ergodic '))
        .map((line) => ({
          place,
          line,
          words: line
            .replace(/ > .*$/, '')
            .split(/\s+/)
            .slice(1),
        })),
    );
  const verbs = [...new Set(commands.map(({ words }) => words[0]!))];
  const help = new Map<string, string>();

  beforeAll(async () => {
    const outputs = await Promise.all(verbs.map((verb) => ergodic(folder, verb, '--help')));
    for (const [i, { code, stdout }] of outputs.entries()) if (code === 0) help.set(verbs[i]!, stdout);
  });

  it('are valid: the verb and its options are in its --help', () => {
    const wrong = commands.flatMap(({ place, line, words: [verb, ...rest] }) => {
      const text = help.get(verb!);
      if (text === undefined) return [`${place}: ${line}: there is no verb ${verb}`];
      const options = rest.filter((word) => word.startsWith('--'));
      return options
        .filter((option) => !new RegExp(`^ +(-\\w, )?${option}\\b`, 'm').test(text))
        .map((option) => `${place}: ${line}: ${verb} has no ${option}`);
    });
    expect(wrong).toEqual([]);
    expect(commands.length).toBeGreaterThan(8);
  });

  it('show every verb in the README', async () => {
    const { stdout } = await ergodic(folder, '--help');
    const known = [...stdout.split('Commands:')[1]!.matchAll(/^ {2}(\w+)/gm)].map(([, verb]) => verb!);
    const shown = commands.filter(({ place }) => place.startsWith('README.md')).map(({ words }) => words[0]!);
    expect(new Set(shown)).toEqual(new Set(known.filter((verb) => verb !== 'help')));
  });
});

describe('links', () => {
  /** The anchor of a heading, as GitHub makes it. */
  const anchorsOf = (text: string): string[] =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );

  it.each(pages.map((page) => [page.name, page] as const))('of %s lead somewhere', (name, { text }) => {
    const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = targets
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const full = path.join(ROOT, file === '' ? name : path.join(path.dirname(name), file));
        if (!existsSync(full)) return true;
        return anchor !== undefined && !anchorsOf(readFileSync(full, 'utf8')).includes(anchor);
      });
    expect(broken).toEqual([]);
  });
});

/** First cells of the tables whose first header is `header`, without backticks. */
function firstCells(text: string, header: string): string[] {
  return [...text.matchAll(/^\|(.*)\|\n\|[-| ]+\|\n((?:\|.*\|\n)*)/gm)]
    .filter(([, head]) => head!.split('|')[0]!.trim() === header)
    .flatMap(([, , rows]) => rows!.trim().split('\n'))
    .map((row) => /^\| *`([^`]+)`/.exec(row)?.[1] ?? row);
}

/** What stands under a heading, up to the next one of its rank or above. */
function section(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}`) + 1;
  expect(start, heading).toBeGreaterThan(0);
  const rank = heading.indexOf(' ');
  const body = text.slice(text.indexOf('\n', start));
  const end = body.search(new RegExp(`^#{1,${rank}} `, 'm'));
  return end === -1 ? body : body.slice(0, end);
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** `markets.*.price`, `rewards[].use`: every key that a config can have. */
function keysOf(node: SchemaNode, at = ''): string[] {
  const inside = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const here = at === '' ? key : `${at}.${key}`;
    return [here, ...keysOf(child, here)];
  });
  const { additionalProperties: other } = node;
  // A part lets in what its own declaration checks: nothing is known of it here.
  const named = typeof other === 'object' && Object.keys(other).length > 0 ? keysOf(other, `${at}.*`) : [];
  const listed = node.items === undefined ? [] : keysOf(node.items, `${at}[]`);
  const options = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((option) => keysOf(option, at));
  return [...new Set([...inside, ...named, ...listed, ...options])];
}

describe('docs/configuration.md', () => {
  const { text } = pageNamed('docs/configuration.md');

  it('has every key of the schema and no other', () => {
    // A regime has the parameters that markets have.
    const keys = keysOf(configJsonSchema() as SchemaNode).filter((key) => !key.startsWith('markets.*.regimes.*.'));
    expect(firstCells(text, 'key').sort()).toEqual(keys.sort());
  });

  it('has every built-in with its parameters and defaults', () => {
    for (const [title, known] of [
      ['## Built-in strategies', builtinStrategies],
      ['## Built-in rewards', builtinRewards],
    ] as const) {
      const part = section(text, title);
      const documented = [...part.matchAll(/^### (\S+)/gm)].map(([, name]) => name);
      expect(documented.sort()).toEqual(Object.keys(known).sort());
      for (const [name, { parameters }] of Object.entries(known) as [string, { parameters: ParameterSpecs }][]) {
        const own = section(part, `### ${name}\n`);
        expect(firstCells(own, 'parameter').sort(), name).toEqual(Object.keys(parameters).sort());
        for (const [parameter, { default: value }] of Object.entries(parameters)) {
          const row = own.split('\n').find((line) => line.startsWith(`| \`${parameter}\``))!;
          const written = row.split('|')[3]!.trim();
          expect(value === '' ? 'empty' : String(value), `${name}.${parameter}`).toBe(
            value === '' ? written.slice(0, 5) : written,
          );
        }
      }
    }
  });
});

describe('docs/tables.md', () => {
  it('has the columns of the tables, in their order', () => {
    const { text } = pageNamed('docs/tables.md');
    const fields = recordFields(['<symbol>'], ['<term>'], ['<path>']);
    const layout = { symbols: [], fields, equity: [], rewards: [] };
    for (const table of ['episodes', 'fills'] as const) {
      const columns = tableColumns(layout, table).map(({ name }) => name);
      expect(firstCells(section(text, `### ${table}:`), 'column')).toEqual(columns);
    }
  });
});

describe('docs/run-directory.md', () => {
  const { text } = pageNamed('docs/run-directory.md');

  it('names every failure code of the sources', () => {
    const sources = ['core', 'workers'].flatMap((name) => {
      const dir = path.join(ROOT, 'packages', name, 'src');
      const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
      return files.map((file) => readFileSync(path.join(dir, file), 'utf8'));
    });
    const thrown = sources.flatMap((source) =>
      [...source.matchAll(/(?:new (?:Episode|Run)Error\(\s*|\bcode: )'([A-Z_]+)'/g)].map(([, code]) => code!),
    );
    const missing = [...new Set(thrown)].filter((code) => !text.includes(`\`${code}\``));
    expect(thrown.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });
});
