/** A payload prefix without credentials, cookies, passwords (and, by option, SQL literals). Never throws, whatever the bytes. */
import { findMysqlSecrets, findPostgresSecrets } from './redact-database.js';
import { findHttpSecrets } from './redact-http.js';
import { findRedisSecrets, REDIS_SECRET_COMMANDS } from './redact-redis.js';
import { SecretSpans } from './secret-spans.js';

const spans = new SecretSpans();

export interface PayloadRedaction {
  redactSqlLiterals: boolean;
}

export function redactRequestPayload(protocol: string, operation: string, payload: Uint8Array | null, options: PayloadRedaction): Uint8Array | null {
  if (payload === null || payload.length === 0) return payload;
  spans.clear();
  if (protocol === 'http') findHttpSecrets(payload, spans);
  else if (protocol === 'redis') findRedis(operation, payload);
  else if (protocol === 'mysql') findMysqlSecrets(payload, options.redactSqlLiterals, spans);
  else if (protocol === 'postgres') findPostgresSecrets(payload, options.redactSqlLiterals, spans);
  return spans.maskBytes(payload);
}

/** Rows are literals too: with the SQL option no response of a database is kept. */
export function redactResponsePayload(protocol: string, operation: string, payload: Uint8Array | null, options: PayloadRedaction): Uint8Array | null {
  if (payload === null || payload.length === 0) return payload;
  spans.clear();
  if (protocol === 'http') findHttpSecrets(payload, spans);
  else if (protocol === 'redis') findRedis(operation, payload);
  else if (options.redactSqlLiterals && (protocol === 'mysql' || protocol === 'postgres')) return null;
  return spans.maskBytes(payload);
}

/** @param operation `CONFIG GET` has two words */
function findRedis(operation: string, payload: Uint8Array): void {
  const blank = operation.indexOf(' ');
  if (REDIS_SECRET_COMMANDS.has(blank < 0 ? operation : operation.slice(0, blank))) findRedisSecrets(payload, spans);
}
