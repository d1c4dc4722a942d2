/** Every way a call of the API can fail: one table, from which docs/errors.md takes its rows. */
import type { ApiError } from './api.js';

interface ErrorKindInfo { status: number; message: string; hint: string }

export const API_ERRORS = {
  bad_query: { status: 400, message: 'The query cannot be understood.', hint: 'Check the parameters named in the message.' },
  not_found: { status: 404, message: 'There is no such thing here.', hint: 'Check the address; the API is listed in docs/api.md.' },
  request_not_found: {
    status: 404, message: 'This request is not stored.',
    hint: 'It may have been dropped by the detail budget or by retention. Roll-ups still count it.',
  },
  profile_not_found: {
    status: 404, message: 'This request has no profile.',
    hint: 'Slow and failed requests are profiled, the slowest of each endpoint first, while the recorder is on; old profiles make room for new ones.',
  },
  profiling_off: {
    status: 404, message: 'Profiling is not in use.',
    hint: 'Turn the flight recorder on: on the page, with `kindling profiling on`, or from the start with --profile.',
  },
  profiling_refused: {
    status: 503, message: 'The flight recorder could not be turned on.',
    hint: 'The message says what the kernel refused; `kindling doctor` lists what the recorder can use here.',
  },
  too_many_asks: {
    status: 429, message: 'As many requests as can be waited for are already asked for.',
    hint: 'Wait until some of them have come, or turn profiling off and on, which forgets them.',
  },
  method_not_allowed: { status: 405, message: 'This call cannot be made with this method.', hint: 'docs/api.md lists every call with its method.' },
  not_same_origin: {
    status: 403, message: 'Only the page itself and programs may change something, not another site.',
    hint: 'Send `Content-Type: application/json` and `X-Kindling: 1`, and from a browser only from Kindling\'s own page.',
  },
  token_required: {
    status: 401, message: 'A token is required.',
    hint: 'Open the address that Kindling printed at its start (it carries the token), or send `Authorization: Bearer TOKEN`.',
  },
  host_not_allowed: {
    status: 403, message: 'The Host header names another host than this machine.',
    hint: 'Use http://localhost or http://127.0.0.1 with the port. (This stops other sites from reading your data by DNS rebinding.)',
  },
  too_many_streams: { status: 503, message: 'Too many live views are open.', hint: 'Close some of the browser tabs that show this page.' },
  no_store: { status: 503, message: 'No store is in use.', hint: 'Start the agent with a store, or use `kindling watch`.' },
  page_not_built: { status: 503, message: 'The page is not built.', hint: 'Run `npm run build`, then reload.' },
  internal: { status: 500, message: 'Kindling failed to answer.', hint: 'Its log says why. Capture goes on.' },
} as const satisfies Record<string, ErrorKindInfo>;

export type ApiErrorCode = keyof typeof API_ERRORS;

export class HttpError extends Error {
  readonly statusCode: number;
  readonly hint: string;

  constructor(readonly code: ApiErrorCode, message?: string, hint?: string) {
    super(message ?? API_ERRORS[code].message);
    this.statusCode = API_ERRORS[code].status;
    this.hint = hint ?? API_ERRORS[code].hint;
  }
}

/** The store's own codes: only what was asked wrongly is the caller's fault. */
function statusOf(code: string): number {
  if (code === 'store_query_timeout') return 504;
  return /^store_(?!bad_)/.test(code) ? 503 : 400;
}

/** Whatever was thrown, as status and body. Errors that carry `code` and `hint` were meant for the caller; others are ours. */
export function toApiError(thrown: unknown): { status: number; body: ApiError } {
  const error = thrown as { code?: unknown; hint?: unknown; message?: unknown; statusCode?: unknown };
  if (typeof error?.code === 'string' && typeof error.hint === 'string') {
    const status = typeof error.statusCode === 'number' ? error.statusCode : statusOf(error.code);
    return { status, body: { code: error.code, message: String(error.message), hint: error.hint } };
  }
  if (typeof error?.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500) {
    return { status: error.statusCode, body: { code: 'bad_query', message: String(error.message), hint: API_ERRORS.bad_query.hint } };
  }
  return { status: 500, body: { code: 'internal', message: API_ERRORS.internal.message, hint: API_ERRORS.internal.hint } };
}
