import type { FastifyInstance, FastifyReply } from 'fastify';
import { HttpError } from './errors.js';
import type { HarSource } from './queries.js';
import { listSchema, parseQuery, requestIdSchema, toListQuery } from './query-schemas.js';

function sendHar(reply: FastifyReply, name: string, har: object): FastifyReply {
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.har"`)
    .send(JSON.stringify(har));
}

/** Requests as HTTP Archives, for the network panel of any browser. */
export function harRoutes(server: FastifyInstance, har: HarSource | null, now: () => number): void {
  const source = (): HarSource => {
    if (har === null) throw new HttpError('no_store');
    return har;
  };

  server.get('/api/requests/:id/har', async (request, reply) => {
    const { id } = parseQuery(requestIdSchema, request.params);
    const document = await source().request(id);
    if (document === null) throw new HttpError('request_not_found');
    return sendHar(reply, `kindling-${id}`, document);
  });

  server.get('/api/requests.har', async (request, reply) => {
    const document = await source().requests(toListQuery(parseQuery(listSchema, request.query), now()));
    return sendHar(reply, 'kindling-requests', document);
  });
}
