import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from './errors.js';
import type { PageFile } from './page-files.js';

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply
    .header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .type(file.type);
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  const acceptsGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (file.gzip !== null && acceptsGzip) return reply.header('content-encoding', 'gzip').send(file.gzip);
  return reply.send(file.body);
}

/** Files by their name; any other path is a view of the page, which reads the address itself. */
export function pageRoutes(server: FastifyInstance, files: Map<string, PageFile>): void {
  server.get('/*', async (request, reply) => {
    const path = request.url.split('?', 1)[0];
    if (path.startsWith('/api/')) throw new HttpError('not_found');
    const file = files.get(path);
    if (file) return sendFile(request, reply, file);
    if (path.startsWith('/assets/')) throw new HttpError('not_found');
    const page = files.get('/index.html');
    if (!page) throw new HttpError('page_not_built');
    return sendFile(request, reply, page);
  });
}
