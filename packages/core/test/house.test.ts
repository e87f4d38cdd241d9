import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const MAX_LINES = 400;

interface Source {
  readonly path: string;
  readonly stage: string;
  readonly text: string;
  /** Without comments and the contents of plain strings: what runs. */
  readonly code: string;
}

/** Blanks comments and strings, keeps line numbers. Template literals stay: they hold code. */
function codeOf(text: string): string {
  const blank = (found: string): string => found.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"\w\\])\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, blank);
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => {
    const file = join(entry.parentPath, entry.name);
    const path = relative(SRC, file).split(sep).join('/');
    const text = readFileSync(file, 'utf8');
    return { path, stage: path.includes('/') ? path.split('/')[0]! : '', text, code: codeOf(text) };
  });

const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bMath\.random\b/, 'Math.random: draw from the RandomStream you are given'],
  [/\bDate\.now\b/, 'Date.now: take simulated time from the event or the context'],
  [/\bnew Date\(\s*\)|\bDate\(\s*\)/, 'the current date: take simulated time from the event or the context'],
  [/\bperformance\b/, 'performance: core has no clock, measure in bench/ or packages/workers'],
  [/\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/, 'timers: push a TIMER event'],
  [/\bprocess\.|\bglobalThis\b|\brequire\(/, 'the environment: pass what is needed as a parameter'],
  [/\bawait\b|\basync\b|\bPromise\b/, 'asynchronous code: core is synchronous, do it in packages/workers'],
  [/\bconsole\b/, 'console: return what there is to say, or give it to a tracer'],
  [
    /\bMath\.pow\b|\*\*/,
    'Math.pow and **: multiply, or Math.exp of a logarithm; their last bit differs between Node majors',
  ],
];

function findings(pattern: RegExp, wayOut: string, files: readonly Source[] = sources): string[] {
  return files.flatMap(({ path, code }) =>
    code
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`packages/core/src/${path}:${i + 1} uses ${wayOut}`] : [])),
  );
}

describe('house rules of packages/core/src', () => {
  test.each(BANNED)('nothing matches %s', (pattern, wayOut) => {
    expect(findings(pattern, wayOut)).toEqual([]);
  });

  test('no module of Node is imported, and nothing but zod, seedrandom and fastest-levenshtein', () => {
    const foreign = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((name) => !name.startsWith('.') && !['zod', 'seedrandom', 'fastest-levenshtein'].includes(name))
        .map(
          (name) =>
            `packages/core/src/${path} imports ${name}: core runs without I/O, do it in packages/workers and pass the result`,
        ),
    );
    expect(foreign).toEqual([]);
  });

  test('a stage imports only itself, events, random and config; loop and environment alone know all stages', () => {
    const wrong = sources
      .filter(({ stage }) => !['', 'loop', 'environment'].includes(stage))
      .flatMap(({ path, stage, text }) =>
        importsOf(text)
          .filter((name) => name.startsWith('.'))
          .map((name) => normalize(join(dirname(path), name)).split(sep)[0]!)
          .filter((to) => ![stage, 'events', 'random', 'config'].includes(to))
          .map(
            (to) =>
              `packages/core/src/${path} imports ${to}/: pass it in from loop/, or move the shared type to events/`,
          ),
      );
    expect(wrong).toEqual([]);
  });

  test('config, random and events import no stage that comes after them', () => {
    const allowed: Record<string, string[]> = {
      config: ['config'],
      random: ['random', 'config'],
      events: ['events', 'config', 'random'],
    };
    const wrong = sources.flatMap(({ path, stage, text }) =>
      importsOf(text)
        .filter((name) => name.startsWith('.') && stage in allowed)
        .map((name) => normalize(join(dirname(path), name)).split(sep)[0]!)
        .filter((to) => !allowed[stage]!.includes(to))
        .map((to) => `packages/core/src/${path} imports ${to}/: turn the import around`),
    );
    expect(wrong).toEqual([]);
  });

  test(`no file has more than ${MAX_LINES} lines`, () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ path, lines }) => `packages/core/src/${path} has ${lines} lines: split it, a file is one idea`);
    expect(long).toEqual([]);
  });

  test('the search sees what it is for', () => {
    expect(sources.length).toBeGreaterThan(40);
    const line = (text: string): Source[] => [{ path: 'x.ts', stage: '', text, code: codeOf(text) }];
    for (const [i, text] of [
      'Math.random()',
      'Date.now()',
      'new Date()',
      'performance.now()',
      'setTimeout(f)',
      'process.env',
      'async () => 1',
      'console.log()',
      'x ** 0.5',
    ].entries()) {
      const [pattern, wayOut] = BANNED[i]!;
      expect(findings(pattern, wayOut, line(text))).toEqual([`packages/core/src/x.ts:1 uses ${wayOut}`]);
      expect(findings(pattern, wayOut, line(`// ${text}`))).toEqual([]);
      expect(findings(pattern, wayOut, line(`a = '${text}';`))).toEqual([]);
    }
    expect(findings(BANNED[2]![0], '', line('new Date(timeMs)'))).toEqual([]);
    expect(
      importsOf(
        "import { x } from 'a';\nexport * from './b.ts';\nimport type {\n  y\n} from 'node:fs';\nconst z = import('c');",
      ),
    ).toEqual(['a', './b.ts', 'node:fs', 'c']);
  });
});

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/^\s*(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm),
  ].map(([, from, bare, dynamic]) => (from ?? bare ?? dynamic)!);
}
