import { toKindlingError, type KindlingError } from '../errors/index.js';
import { paintFor, type Output } from './terminal.js';

/** Says what happened and what to do, on stderr, and which exit code that is. With --json one line of JSON. */
export function reportError(thrown: unknown, output: Output, json: boolean): number {
  const error = toKindlingError(thrown);
  if (json) output.write(`${JSON.stringify({ error: { ...error.toJSON(), exitCode: error.exitCode } })}\n`);
  else output.write(errorText(error, output));
  return error.exitCode;
}

function errorText(error: KindlingError, output: Output): string {
  const paint = paintFor(output);
  const stack = error.code === 'KND-001' && error.cause instanceof Error && process.env.KINDLING_LOG_LEVEL === 'debug' ? `${error.cause.stack}\n` : '';
  return `${paint.red(paint.bold(`error ${error.code}:`))} ${error.message}\n  ${error.hint}\n${stack}`;
}
