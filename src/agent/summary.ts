import type { RequestRecord } from '../requests/record.js';
import type { RequestSummary } from '../server/api.js';

/** A record without its payloads: what lists and the live tail carry. */
export function toSummary(record: RequestRecord): RequestSummary {
  const { requestPayload: _request, responsePayload: _response, ...summary } = record;
  return summary;
}
