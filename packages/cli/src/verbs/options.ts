import { type Command, InvalidArgumentError, Option } from 'commander';

const MAX_WORKERS = 1_024;

/** Adds a verb with a line of description and examples that work; remarks end with a line break. */
export type AddVerb = (usage: string, description: string, examples: readonly string[], remarks?: string) => Command;

/** Takes the exit code of a verb. */
export type Done = (code: number) => void;

export const EXIT_CODES = `Exit codes: 0 done; 1 the run, an episode or a check failed;
2 config or arguments are wrong; 130, 143 interrupted, resumable.
`;

export function workersOption(): Option {
  return new Option('--workers <n>', 'worker threads (default: one per processor); no result depends on it').argParser(
    wholeNumber(1, MAX_WORKERS),
  );
}

/** How many episodes may fail before the exit code is 1. */
export function allowFailedOption(): Option {
  return new Option('--allow-failed <n|all>', 'exit with 0 although so many episodes failed').argParser((text) =>
    text === 'all' ? Number.POSITIVE_INFINITY : wholeNumber(0, Number.MAX_SAFE_INTEGER, ', or all')(text),
  );
}

export function wholeNumber(minimum: number, maximum: number, orElse = ''): (text: string) => number {
  const range = maximum === Number.MAX_SAFE_INTEGER ? `, ${minimum} or more` : ` from ${minimum} to ${maximum}`;
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number${range}${orElse}.`);
  };
}

export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
