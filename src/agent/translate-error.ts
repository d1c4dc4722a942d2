/** Errors of `server/`, `store/` and the API under their stable codes. */
import { ERRORS, KindlingError, restoreError, toKindlingError, type ErrorId } from '../errors/index.js';
import type { ApiErrorCode } from '../server/errors.js';
import type { StoreErrorCode } from '../store/errors.js';

/** Every code that the API or the store may give: docs/errors.md lists them with the stable ones. */
export const STABLE: Record<ApiErrorCode | StoreErrorCode | 'port_in_use' | 'listen_failed' | 'token_missing', ErrorId> = {
  port_in_use: 'ADDRESS_IN_USE', listen_failed: 'ADDRESS_UNAVAILABLE', token_missing: 'TOKEN_REQUIRED',
  token_required: 'AGENT_REFUSED', host_not_allowed: 'AGENT_REFUSED', bad_query: 'QUERY_INVALID', request_not_found: 'REQUEST_UNKNOWN',
  profile_not_found: 'PROFILE_UNKNOWN', profiling_off: 'PROFILING_OFF', profiling_refused: 'PROFILING_REFUSED', too_many_asks: 'TOO_MANY_ASKS', not_same_origin: 'AGENT_REFUSED',
  not_found: 'API_CALL_UNKNOWN', method_not_allowed: 'API_CALL_UNKNOWN', too_many_streams: 'TOO_MANY_STREAMS', page_not_built: 'PAGE_NOT_BUILT',
  internal: 'INTERNAL', no_store: 'STORE_OFF',
  store_locked: 'STORE_LOCKED', store_engine_missing: 'STORE_ENGINE_MISSING', store_unwritable: 'STORE_UNWRITABLE', store_schema: 'STORE_SCHEMA',
  store_disk_full: 'STORE_DISK_FULL', store_crashed: 'STORE_DOWN', store_closed: 'STORE_DOWN',
  store_query_timeout: 'QUERY_TIMEOUT', store_query_failed: 'QUERY_FAILED', store_memory_limit: 'QUERY_FAILED',
  store_bad_filter: 'FILTER_INVALID', store_bad_cursor: 'QUERY_INVALID',
};

/** Of these the thrower's own hint says more than the catalogue's. */
const OWN_HINT = new Set(['store_bad_filter', 'store_bad_cursor', 'store_memory_limit', 'store_engine_missing', 'store_unwritable', 'store_crashed', 'bad_query', 'host_not_allowed', 'not_same_origin', 'method_not_allowed', 'profiling_refused']);

/** What was thrown says what happened; code, exit code and what to do are the catalogue's. */
export function translateError(thrown: unknown): KindlingError {
  const { code, hint, message } = (thrown ?? {}) as { code?: unknown; hint?: unknown; message?: unknown };
  if (thrown instanceof KindlingError || typeof code !== 'string' || typeof hint !== 'string') return toKindlingError(thrown);
  const id = (STABLE as Partial<Record<string, ErrorId>>)[code];
  if (id === undefined) return restoreError({ code, message: String(message), hint });
  return restoreError({ code: ERRORS[id].code, message: String(message), hint: OWN_HINT.has(code) ? hint : ERRORS[id].hint });
}
