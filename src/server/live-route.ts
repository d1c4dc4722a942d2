import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.js';
import { LiveStream } from './live-stream.js';
import type { LiveSource } from './queries.js';
import { liveSchema, parseQuery } from './query-schemas.js';
import { SECURITY_HEADERS } from './security-headers.js';

const MAX_STREAMS = 64;

/** GET /api/live?filter : `event: requests` and `event: tick` until the browser goes away. */
export function liveRoute(server: FastifyInstance, live: LiveSource): void {
  const open = new Set<() => void>();

  server.get('/api/live', (request, reply) => {
    const { filter } = parseQuery(liveSchema, request.query);
    if (open.size >= MAX_STREAMS) throw new HttpError('too_many_streams');
    // Subscribe before the headers go out: a bad filter still gets its 400. The sink is set right after.
    let stream: LiveStream | null = null;
    const unsubscribe = live.subscribe(filter, {
      requests: (rows) => stream?.requests(rows),
      tick: (tick) => stream?.tick(tick),
    });
    reply.hijack();
    reply.raw.writeHead(200, {
      ...SECURITY_HEADERS, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no',
    });
    stream = new LiveStream(reply.raw);
    const end = (): void => {
      if (!open.delete(end)) return;
      unsubscribe();
      stream?.close();
      reply.raw.end();
    };
    open.add(end);
    reply.raw.on('close', end);
    reply.raw.on('error', end);
    // It may have gone away before anybody listened for that.
    if (reply.raw.destroyed || request.raw.socket.destroyed) end();
  });

  server.addHook('preClose', async () => {
    for (const end of [...open]) end();
  });
}
