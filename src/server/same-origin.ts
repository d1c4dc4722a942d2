/**
 * Calls that change something are for Kindling's own page and for programs, never for another site in the same browser:
 * a custom header and a JSON body cannot be sent across origins without asking first (CORS preflight, which nothing here
 * answers), and the browser says where a call comes from.
 */
import type { FastifyRequest } from 'fastify';
import { HttpError } from './errors.js';

export const CHANGE_HEADER = 'x-kindling';

export function requireSameOrigin(request: FastifyRequest): void {
  const { headers } = request;
  const json = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
  if (headers[CHANGE_HEADER] !== '1' || !json || !isOwnPage(headers)) throw new HttpError('not_same_origin');
}

/** True as well for programs, which send neither header. No script can set them. */
function isOwnPage({ origin, host, 'sec-fetch-site': site }: FastifyRequest['headers']): boolean {
  // Fetch Metadata: what a browser sends to trustworthy addresses. It holds behind a proxy that sets another Host, too.
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
