/** Who may ask: on loopback whoever uses this machine's name, elsewhere whoever has the token. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from './errors.js';
import { isLoopbackHost } from './loopback.js';

const COOKIE = 'kindling_session';

/** The cookie is derived from the token: whoever steals it cannot use the token elsewhere. */
function cookieValue(token: string): string {
  return createHmac('sha256', token).update('kindling page session').digest('hex');
}

function sameSecret(given: string, expected: string): boolean {
  const key = 'compare';
  const left = createHmac('sha256', key).update(given).digest();
  const right = createHmac('sha256', key).update(expected).digest();
  return timingSafeEqual(left, right);
}

function cookieOf(request: FastifyRequest): string {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === COOKIE) return value ?? '';
  }
  return '';
}

/** `?token=` is good once: it turns into a cookie and leaves the address, so that it stays out of history and referrers. */
function exchangeToken(request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply | null {
  if (!URL.canParse(request.url, 'http://localhost')) return null;
  const url = new URL(request.url, 'http://localhost');
  const given = url.searchParams.get('token');
  if (given === null || !sameSecret(given, token)) return null;
  url.searchParams.delete('token');
  // `//host` as a path would send the browser elsewhere.
  const path = url.pathname.replace(/^\/+/, '/');
  return reply
    .header('set-cookie', `${COOKIE}=${cookieValue(token)}; HttpOnly; SameSite=Strict; Path=/`)
    .header('cache-control', 'no-store')
    .redirect(path + url.search, 303);
}

export function guardToken(server: FastifyInstance, token: string): void {
  const cookie = cookieValue(token);
  server.addHook('onRequest', async (request, reply) => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '');
    if (bearer && sameSecret(bearer[1], token)) return undefined;
    if (sameSecret(cookieOf(request), cookie)) return undefined;
    const redirected = exchangeToken(request, reply, token);
    if (redirected) return redirected;
    throw new HttpError('token_required');
  });
}

export function guardHost(server: FastifyInstance): void {
  server.addHook('onRequest', async (request) => {
    if (!isLoopbackHost(request.headers.host)) throw new HttpError('host_not_allowed');
  });
}
