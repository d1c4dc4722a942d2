/** The agent's own log, on stderr: text for a person, JSON lines for a pipe or a journal. */
import { pino, type Logger } from 'pino';
import { paintFor, type Output } from './terminal.js';

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const WARN = 40;

export function createLog(level: string, output: Output & NodeJS.WritableStream): Logger {
  const base = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!output.isTTY) return pino(base, output);
  return pino(base, { write: (line: string) => void output.write(toText(line, output)) });
}

function toText(line: string, output: Output): string {
  const { level, time, msg, ...rest } = JSON.parse(line) as { level: number; time: string; msg?: string };
  const paint = paintFor(output);
  const name = LEVELS[level] ?? String(level);
  const details = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join('');
  return `${paint.dim(time.slice(11, 19))} ${level >= WARN ? paint.yellow(name) : name} ${msg ?? ''}${paint.dim(details)}\n`;
}
