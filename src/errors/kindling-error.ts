import { ERRORS, type ErrorEntry, type ErrorId } from './catalogue.js';
import { EXIT, type ExitCode } from './exit-codes.js';

type Placeholders<T extends string> = T extends `${string}{${infer P}}${infer Rest}` ? P | Placeholders<Rest> : never;
type PlaceholdersOf<Id extends ErrorId> = Placeholders<(typeof ERRORS)[Id]['message'] | (typeof ERRORS)[Id]['hint']>;

/** The parameters that an entry's message and hint name. */
export type ErrorParams<Id extends ErrorId> = { [P in PlaceholdersOf<Id>]: string | number };

type ErrorArguments = {
  [Id in ErrorId]: [PlaceholdersOf<Id>] extends [never]
    ? [id: Id, params?: Record<string, never>, options?: ErrorOptions]
    : [id: Id, params: ErrorParams<Id>, options?: ErrorOptions];
}[ErrorId];

/** What crosses threads and HTTP. */
export interface ErrorData {
  code: string;
  message: string;
  hint: string;
}

/**
 * An error that a user can do something about: `throw new KindlingError('PROCESS_NOT_FOUND', { pid })`.
 * Its code is stable, its hint says what to do, its exit code is what the process ends with.
 */
export class KindlingError extends Error {
  override readonly name = 'KindlingError';
  readonly code: string;
  readonly hint: string;
  readonly exitCode: ExitCode;

  constructor(...args: ErrorArguments) {
    const [id, params, options] = args as [ErrorId, Record<string, string | number> | undefined, ErrorOptions | undefined];
    const entry: ErrorEntry = ERRORS[id];
    super(fill(entry.message, params ?? {}), options);
    this.code = entry.code;
    this.hint = fill(entry.hint, params ?? {});
    this.exitCode = entry.exit;
  }

  toJSON(): ErrorData {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** The exit code that belongs to a stable code. */
export function exitCodeOf(code: string): ExitCode {
  for (const entry of Object.values<ErrorEntry>(ERRORS)) if (entry.code === code) return entry.exit;
  return EXIT.failed;
}

/** An error as it came from another thread or over HTTP, as something to throw here. */
export function restoreError(data: ErrorData): KindlingError {
  const error = new KindlingError('INTERNAL', { detail: '' });
  return Object.defineProperties(error, {
    code: { value: data.code },
    message: { value: data.message },
    hint: { value: data.hint },
    exitCode: { value: exitCodeOf(data.code) },
  });
}

/** Whatever was thrown, as an error with a code: what is not one already is a defect. */
export function toKindlingError(thrown: unknown): KindlingError {
  if (thrown instanceof KindlingError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new KindlingError('INTERNAL', { detail }, { cause: thrown });
}

function fill(template: string, params: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}
