/** Numbers and foreign names as a verdict says them. */

const MAX_NAME = 96;

/** `1.8 s`, `812 ms`, `0.2 ms`, `40 us`: two or three digits, as precise as one can care for. */
export function durationText(ns: number): string {
  if (ns >= 99.95e9) return `${Math.round(ns / 1e9)} s`;
  if (ns >= 0.9995e9) return `${trimmed(ns / 1e9)} s`;
  if (ns >= 99.5e3) return `${ns >= 9.95e6 ? Math.round(ns / 1e6) : trimmed(ns / 1e6)} ms`;
  return `${Math.round(ns / 1e3)} us`;
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

export function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 1) return '< 1 %';
  return percent < 100 && percent >= 99.5 ? '> 99 %' : `${Math.round(percent)} %`;
}

/** What came from a traced program stays one short line. */
export function nameText(name: string): string {
  const line = name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  const letters = [...line];
  return letters.length > MAX_NAME ? `${letters.slice(0, MAX_NAME - 3).join('')}...` : line;
}

export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `64 MiB`, `1.5 GiB`, `12 KiB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(4, Math.max(1, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${trimmed(bytes / 2 ** (power * 10))} ${['KiB', 'MiB', 'GiB', 'TiB'][power - 1]}`;
}
