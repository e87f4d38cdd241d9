import { notice } from './output.ts';

/** A second after the coordinator has given its workers up, and within the two seconds that are promised. */
const LAST_MS = 1_900;
/** What goes on with something interrupted. */
type ResumingVerb = 'resume' | 'flush' | 'sweep --resume';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * SIGINT and SIGTERM. The first one asks the run to stop; what is stored can be resumed whenever the process ends, so a
 * second one, or two seconds later, ends it.
 */
export class StopSignals {
  private readonly controller = new AbortController();
  private code: number | undefined;
  private runDir: string | undefined;
  private isStarting = false;

  private readonly verb: ResumingVerb;

  /** `verb`: the one that goes on with what was interrupted. */
  constructor(verb: ResumingVerb = 'resume') {
    this.verb = verb;
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => this.receive(EXIT_CODES[name]));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** 130 or 143 after a signal. */
  get exitCode(): number | undefined {
    return this.code;
  }

  /** From now on there may be a run directory. */
  starting(): void {
    this.isStarting = true;
  }

  /** Names the run that a person can resume, as typed on a command line. */
  started(runDir: string): void {
    this.runDir = runDir;
  }

  private receive(code: number): void {
    if (this.code !== undefined) process.exit(this.end(code));
    this.code = code;
    if (!this.isStarting) {
      notice('\ninterrupted before the run started; nothing was written');
      process.exit(code);
    }
    this.controller.abort();
    notice('\nstopping; what is finished is being stored (again to exit at once)');
    setTimeout(() => process.exit(this.end(code)), LAST_MS).unref();
  }

  private end(code: number): number {
    if (this.runDir !== undefined) notice(resumeHint(this.runDir, this.verb));
    return code;
  }
}

export function resumeHint(runDir: string, verb: ResumingVerb = 'resume'): string {
  return `interrupted; go on with: ergodic ${verb} ${runDir}`;
}
