/** The public line format, outward: one request a line. docs/line-format.md describes it. */
import type { RequestRecord } from './record.js';

/** The fields of a line, in their order. Payloads are base64. */
export const LINE_FIELDS = [
  'protocol', 'role', 'start', 'durationNs', 'connectNs', 'unreadNs', 'sendNs', 'waitNs', 'receiveNs', 'responseUnreadNs', 'requestBytes', 'responseBytes',
  'pid', 'requestTid', 'responseTid', 'comm', 'client', 'server', 'operation', 'endpoint', 'resource', 'status', 'error', 'slow',
  'traceId', 'complete', 'attributes', 'requestPayload', 'responsePayload',
] as const satisfies ReadonlyArray<keyof RequestRecord>;

/** Without the newline. */
export function formatRequestLine(record: RequestRecord): string {
  const line: Record<string, unknown> = {};
  for (const field of LINE_FIELDS) {
    const value = record[field];
    line[field] = value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') : value;
  }
  return JSON.stringify(line);
}
