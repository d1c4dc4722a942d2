/** Errors of `server/` and `store/` under their stable codes. */
import { KindlingError, toKindlingError, type ErrorId, restoreError, ERRORS } from '../errors/index.js';

const STABLE: Record<string, ErrorId> = {
  port_in_use: 'ADDRESS_IN_USE', listen_failed: 'ADDRESS_UNAVAILABLE', token_missing: 'TOKEN_REQUIRED',
  store_locked: 'STORE_LOCKED', store_engine_missing: 'STORE_ENGINE_MISSING', store_disk_full: 'STORE_DISK_FULL', store_crashed: 'STORE_DOWN',
  store_query_timeout: 'QUERY_TIMEOUT', store_query_failed: 'QUERY_FAILED', store_memory_limit: 'QUERY_FAILED', store_bad_filter: 'FILTER_INVALID',
};

/** Their own words are kept (they know more than the catalogue); code and exit code are those of the catalogue. */
export function translateError(thrown: unknown): KindlingError {
  const { code, hint, message } = thrown as { code?: unknown; hint?: unknown; message?: unknown };
  if (thrown instanceof KindlingError || typeof code !== 'string' || typeof hint !== 'string') return toKindlingError(thrown);
  const id = STABLE[code];
  return restoreError({ code: id === undefined ? code : ERRORS[id].code, message: String(message), hint });
}
