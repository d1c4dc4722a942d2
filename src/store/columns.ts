/**
 * The one table of columns. From it come the DDL, the RowBinary encoders, reading rows back, the words of the filter
 * language, the API's field list and docs/fields.md. The order is the order on disk and in RowBinary: append only.
 */
import type { RequestRecord } from '../requests/record.js';
import type { FieldInfo } from '../server/api.js';

/** SQL types that the RowBinary writer and the row reader know. */
export type ColumnType =
  | 'DateTime64(9)' | 'DateTime' | 'Hex64' | 'UInt8' | 'UInt32' | 'UInt64' | 'Float32' | 'Bool' | 'Nullable(UInt64)'
  | 'String' | 'LowCardinality(String)' | 'Json' | 'Bytes' | 'Role' | 'ErrorKind';

export type ColumnValue = string | number | boolean | null | Uint8Array | Record<string, string | number>;

export interface Column<Row> {
  /** SQL name, snake case of the API's name. */
  sql: string;
  /** Name in the API and in the line format. */
  name: string;
  type: ColumnType;
  get: (row: Row) => ColumnValue;
  label: string;
  kind: FieldInfo['kind'];
  help: string;
  /** Word of the filter language, '' when it cannot be filtered. */
  word: string;
  /** SQL name of the same label in the roll-ups, '' when they have none: filters on it need no rows. */
  rollup: string;
  /** Filtered with regard to case. */
  caseSensitive: boolean;
  /** Searched by free text. */
  searched: boolean;
  /** Extra of the column's DDL. */
  codec: string;
  values?: string[];
}

type Options = Partial<Pick<Column<RequestRecord>, 'word' | 'rollup' | 'searched' | 'caseSensitive' | 'codec' | 'values'>>;

function column(
  sql: string, name: string, type: ColumnType, kind: FieldInfo['kind'], label: string, help: string,
  get: (row: RequestRecord) => ColumnValue, options: Options = {},
): Column<RequestRecord> {
  return { sql, name, type, kind, label, help, get, word: '', rollup: '', searched: false, caseSensitive: false, codec: '', ...options };
}

const dimension = (word: string, rollup: string): Options => ({ word, rollup });
const SPARSE_NUMBERS = 'ZSTD(1)';
const TEXT = 'ZSTD(1)';

export const ERROR_KINDS = ['none', 'connect_failed', 'no_response', 'protocol_error'] as const;
/** Failures that only the client's end may have seen. */
export const ONE_END_ERRORS: readonly string[] = ['connect_failed', 'no_response'];
export const ROLES = ['server', 'client'] as const;

export const REQUEST_COLUMNS: ReadonlyArray<Column<RequestRecord>> = [
  column('start', 'start', 'DateTime64(9)', 'time', 'Time', 'When the first byte of the request passed; at the server, when it came.', (r) => r.start, { codec: 'DoubleDelta, ZSTD(1)' }),
  column('id', 'id', 'Hex64', 'text', 'Id', 'Identifies the request.', (r) => r.id, { word: 'id' }),
  column('connection_id', 'connectionId', 'UInt64', 'number', 'Connection', 'Same number for all requests of one connection.', (r) => r.connectionId, { word: 'connection' }),
  column('role', 'role', 'Role', 'text', 'Side', 'Whether the traced process answered (server) or asked (client).', (r) => r.role, { ...dimension('role', 'role'), values: [...ROLES] }),
  column('protocol', 'protocol', 'LowCardinality(String)', 'text', 'Protocol', 'http, redis, postgres, mysql, dns ...', (r) => r.protocol, dimension('protocol', 'protocol')),
  column('service', 'service', 'LowCardinality(String)', 'text', 'Service', 'Service of the traced process.', (r) => r.service, dimension('service', 'service')),
  column('peer_service', 'peerService', 'LowCardinality(String)', 'text', 'Peer', 'Service of the other end, or its address.', (r) => r.peerService, dimension('peer', 'peer_service')),
  column('operation', 'operation', 'LowCardinality(String)', 'text', 'Operation', 'HTTP method, SQL statement kind, Redis command, DNS type.', (r) => r.operation, dimension('operation', 'operation')),
  column('endpoint', 'endpoint', 'LowCardinality(String)', 'text', 'Endpoint', 'The resource with its variable parts as *.', (r) => r.endpoint, { ...dimension('endpoint', 'endpoint'), searched: true }),
  column('resource', 'resource', 'String', 'text', 'Resource', 'The resource as it was sent: path, statement, key, name.', (r) => r.resource, { word: 'resource', searched: true, codec: TEXT }),
  column('status', 'status', 'LowCardinality(String)', 'text', 'Status', 'HTTP status, SQL error code (0 if none), Redis 0 or 1, DNS rcode.', (r) => r.status, dimension('status', 'status')),
  column('error', 'error', 'ErrorKind', 'text', 'Error', 'none, connect_failed, no_response or protocol_error; error:yes means any.', (r) => r.error, { ...dimension('error', 'error'), values: ['yes', 'no', ...ERROR_KINDS] }),
  column('error_text', 'errorText', 'String', 'text', 'Error text', 'What the server said about the error.', (r) => r.errorText, { word: 'message', searched: true, codec: TEXT }),
  column('slow', 'slow', 'Bool', 'flag', 'Slow', 'Took at least as long as its protocol\'s threshold.', (r) => r.slow, { ...dimension('slow', 'slow'), values: ['yes', 'no'] }),
  column('duration_ns', 'durationNs', 'UInt64', 'duration', 'Duration', 'First byte of the request (server side: when it came) to last byte of the response. Also written >100ms.', (r) => r.durationNs, { word: 'duration' }),
  column('connect_ns', 'connectNs', 'Nullable(UInt64)', 'duration', 'Connect', 'Time to open the connection; only on its first request.', (r) => r.connectNs, { word: 'connect', codec: SPARSE_NUMBERS }),
  column('send_ns', 'sendNs', 'Nullable(UInt64)', 'duration', 'Sent', 'First to last byte of the request.', (r) => r.sendNs, { word: 'send' }),
  column('wait_ns', 'waitNs', 'Nullable(UInt64)', 'duration', 'Waiting', 'Last byte of the request to first byte of the response.', (r) => r.waitNs, { word: 'wait' }),
  column('receive_ns', 'receiveNs', 'Nullable(UInt64)', 'duration', 'Download', 'First to last byte of the response.', (r) => r.receiveNs, { word: 'receive' }),
  column('request_bytes', 'requestBytes', 'UInt64', 'bytes', 'Request size', 'Bytes of the request on the wire.', (r) => r.requestBytes, { word: 'requestBytes' }),
  column('response_bytes', 'responseBytes', 'UInt64', 'bytes', 'Response size', 'Bytes of the response on the wire.', (r) => r.responseBytes, { word: 'responseBytes' }),
  column('pid', 'pid', 'UInt32', 'number', 'Process', 'Process id.', (r) => r.pid, dimension('pid', 'pid')),
  column('request_tid', 'requestTid', 'UInt32', 'number', 'Thread', 'Thread that moved the request.', (r) => r.requestTid, { word: 'tid' }),
  column('response_tid', 'responseTid', 'UInt32', 'number', 'Response thread', 'Thread that moved the response.', (r) => r.responseTid),
  column('comm', 'comm', 'LowCardinality(String)', 'text', 'Command', 'Name of the process as the kernel knows it.', (r) => r.comm, { word: 'comm' }),
  column('client', 'client', 'String', 'text', 'Client', 'Address of the end that opened the connection.', (r) => r.client, { word: 'client', codec: TEXT }),
  column('server', 'server', 'LowCardinality(String)', 'text', 'Server', 'Address of the end that accepted it.', (r) => r.server, dimension('server', 'server_address')),
  column('container', 'container', 'LowCardinality(String)', 'text', 'Container', 'Container id, first 12 characters, or its name.', (r) => r.container, dimension('container', 'container')),
  column('trace_id', 'traceId', 'String', 'text', 'Trace id', 'From traceparent, b3, sw8 or another header.', (r) => r.traceId, { word: 'trace', caseSensitive: true, codec: TEXT }),
  column('complete', 'complete', 'Bool', 'flag', 'Complete', 'Every byte of it was seen.', (r) => r.complete, { word: 'complete', values: ['yes', 'no'] }),
  column('incomplete_reason', 'incompleteReason', 'LowCardinality(String)', 'text', 'Incomplete because', 'Why it is not known in full.', (r) => r.incompleteReason, { word: 'incomplete' }),
  column('attributes', 'attributes', 'Json', 'text', 'Attributes', 'Further facts by OpenTelemetry name.', (r) => r.attributes, { codec: TEXT }),
  column('weight', 'weight', 'Float32', 'number', 'Weight', 'Requests this row stands for; more than 1 when normal ones were sampled.', (r) => r.weight),
  column('request_payload', 'requestPayload', 'Bytes', 'text', 'Request payload', 'First bytes of the request, redacted.', (r) => r.requestPayload, { codec: 'ZSTD(1)' }),
  column('response_payload', 'responsePayload', 'Bytes', 'text', 'Response payload', 'First bytes of the response, redacted.', (r) => r.responsePayload, { codec: 'ZSTD(1)' }),
  column('unread_ns', 'unreadNs', 'Nullable(UInt64)', 'duration', 'Unread', 'Server side: time the request lay in the socket before it was read; the duration begins with it.', (r) => r.unreadNs, { word: 'unread' }),
  column('response_unread_ns', 'responseUnreadNs', 'Nullable(UInt64)', 'duration', 'Response unread', 'Client side: time the response lay in the socket before it was read; the end of Waiting.', (r) => r.responseUnreadNs, { word: 'responseUnread' }),
];

const ENUM_ROLE = enumType(ROLES);
const ENUM_ERROR = enumType(ERROR_KINDS);

function enumType(values: readonly string[]): string {
  return `Enum8(${values.map((value, index) => `'${value}' = ${index}`).join(', ')})`;
}

/** The engine's type. Bytes are strings to it, and may hold anything; NULL is a payload that was not captured. */
export function sqlType(type: ColumnType): string {
  switch (type) {
    case 'Hex64': return 'UInt64';
    case 'Json': return 'String';
    case 'Bytes': return 'Nullable(String)';
    case 'Role': return ENUM_ROLE;
    case 'ErrorKind': return ENUM_ERROR;
    case 'DateTime64(9)': return `DateTime64(9, 'UTC')`;
    case 'DateTime': return `DateTime('UTC')`;
    default: return type;
  }
}

export const isPayload = (column: { type: ColumnType }): boolean => column.type === 'Bytes';

/** For GET /api/fields. */
export function fieldInfos(): FieldInfo[] {
  return REQUEST_COLUMNS.filter((c) => !isPayload(c)).map((c) => ({
    name: c.word === '' ? c.name : c.word, label: c.label, kind: c.kind, help: c.help, filter: c.word !== '',
    ...(c.values === undefined ? {} : { values: c.values }),
  }));
}
