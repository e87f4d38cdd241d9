const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

export const DURATION_PATTERN: RegExp = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;

/** `'90s'` → 90000. Units: ms, s, m, h, d (24 h), w (7 d). The text must match `DURATION_PATTERN`. */
export function durationMs(text: string): number {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) throw new RangeError(`a duration is a number and one of ms s m h d w, got ${text}`);
  return Number(match[1]) * UNIT_MS[match[2]!]!;
}

/** 3600000 → `'1h'`: the largest unit that divides the duration. */
export function formatDuration(ms: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's']) {
    if (ms >= UNIT_MS[unit]! && ms % UNIT_MS[unit]! === 0) return `${ms / UNIT_MS[unit]!}${unit}`;
  }
  return `${ms}ms`;
}
