import { EpisodeError, preview } from '../config/errors.ts';

/** Whatever user code threw, as an episode's failure. */
export function asEpisodeError(error: unknown, code: string, who: string = ''): EpisodeError {
  if (error instanceof EpisodeError) return error;
  const message = error instanceof Error ? error.message : `threw ${preview(error)}`;
  return new EpisodeError(code, `${who}${message}`, { cause: error });
}
