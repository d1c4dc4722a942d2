/** Rows of the requests tables as the engine returns them -> what the API shows. */
import type { RequestSummary } from '../server/api.js';
import { REQUEST_COLUMNS, isPayload, type ColumnType } from './columns.js';

export type SqlRow = Record<string, string | number | boolean | null>;

/** Select list of a summary: everything but the payloads. */
export const SUMMARY_SELECT = REQUEST_COLUMNS.filter((c) => !isPayload(c)).map((c) => selectOf(c.sql, c.type)).join(', ');
/** Any byte may stand in a payload: it travels as base64. */
export const PAYLOAD_SELECT = REQUEST_COLUMNS.filter(isPayload).map((c) => `base64Encode(${c.sql}) AS ${c.sql}_base64`).join(', ');

function selectOf(sql: string, type: ColumnType): string {
  if (type === 'DateTime64(9)') return `toString(toUnixTimestamp64Nano(${sql})) AS ${sql}_text`;
  if (type === 'Hex64') return `leftPad(lower(hex(${sql})), 16, '0') AS ${sql}_text`;
  return sql;
}

export function decodeSummary(row: SqlRow): RequestSummary {
  const summary: Record<string, unknown> = {};
  for (const c of REQUEST_COLUMNS) {
    if (isPayload(c)) continue;
    summary[c.name] = decode(row[c.type === 'DateTime64(9)' || c.type === 'Hex64' ? `${c.sql}_text` : c.sql], c.type);
  }
  return summary as unknown as RequestSummary;
}

function decode(value: string | number | boolean | null, type: ColumnType): unknown {
  switch (type) {
    case 'UInt64': case 'UInt32': case 'UInt8': case 'Float32': return Number(value);
    case 'Nullable(UInt64)': return value === null ? null : Number(value);
    case 'Json': return value === '' ? {} : JSON.parse(String(value));
    default: return value;
  }
}
