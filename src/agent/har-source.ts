/** Stored requests as HTTP Archives. */
import { toHar, type HarRequest } from '../export/har.js';
import type { Payload } from '../server/api.js';
import type { HarSource, Queries } from '../server/queries.js';
import { kindlingVersion } from './version.js';

export function harSource(queries: Queries): HarSource {
  const version = kindlingVersion();
  return {
    request: async (id) => {
      const detail = await queries.request(id);
      if (detail === null) return null;
      const request: HarRequest = { ...detail.request, requestPayload: bytes(detail.requestPayload), responsePayload: bytes(detail.responsePayload) };
      return toHar([request, ...detail.calls], version);
    },
    requests: async (query) => toHar((await queries.requests(query)).rows, version),
  };
}

function bytes(payload: Payload | null): Uint8Array | null {
  return payload === null ? null : Buffer.from(payload.base64, 'base64');
}
