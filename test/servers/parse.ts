/** A figure that a program's output must contain. */
export function figure(output: string, pattern: RegExp): number {
  const match = pattern.exec(output);
  if (match === null) throw new Error(`the client's output has no ${pattern}:\n${output.slice(-1500)}`);
  return Number(match[1]);
}

export function optionalFigure(output: string, pattern: RegExp): number | null {
  const match = pattern.exec(output);
  return match === null ? null : Number(match[1]);
}

const unitsMs: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** `1.23ms`, `45us`, `2s` in milliseconds; null when the pattern's two groups (number, unit) are not there. */
export function optionalDurationMs(output: string, pattern: RegExp): number | null {
  const match = pattern.exec(output);
  return match === null ? null : Number(match[1]) * unitsMs[match[2]];
}
