/** What the terminal can show. Colours only where a person looks, and never when NO_COLOR is set. */
export type ColorMode = 'auto' | 'always' | 'never';

export interface Output {
  write(text: string): boolean;
  isTTY?: boolean;
  columns?: number;
}

export interface Paint {
  dim(text: string): string;
  bold(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const CODES: Record<keyof Paint, [number, number]> = { dim: [2, 22], bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] };

export function paintFor(output: Output, mode: ColorMode = 'auto', env: NodeJS.ProcessEnv = process.env): Paint {
  const on = mode === 'always' || (mode === 'auto' && output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb');
  const painter = ([open, close]: [number, number]) => (text: string): string => (on && text !== '' ? `\x1b[${open}m${text}\x1b[${close}m` : text);
  return Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, painter(codes)])) as unknown as Paint;
}

/** Of a pipe: wide enough that nothing is cut that a person would want to search for. */
const PIPE_COLUMNS = 160;

export function widthOf(output: Output): number {
  return output.columns ?? PIPE_COLUMNS;
}

/** What a traced peer sent is text, never a command to the terminal. */
export function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => (c === '\n' || c === '\r' || c === '\t' ? ' ' : '\ufffd'));
}

export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const points = [...text];
  const cut = points.length > width ? `${points.slice(0, Math.max(0, width - 1)).join('')}…` : text;
  const pad = ' '.repeat(Math.max(0, width - Math.min(points.length, width)));
  return align === 'left' ? cut + pad : pad + cut;
}

/** At blanks; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
