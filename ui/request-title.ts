import type { RequestSummary } from '../src/server/api.js';

/** `GET /orders/17` or `select orders *`: the operation is not said twice. */
export function requestTitle({ operation, resource, endpoint }: Pick<RequestSummary, 'operation' | 'endpoint'> & { resource?: string }): string {
  const object = resource || endpoint;
  return object.toLowerCase().startsWith(operation.toLowerCase()) ? object : `${operation} ${object}`;
}
