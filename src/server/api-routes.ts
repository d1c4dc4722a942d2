/** The reading half of the API: one route a line of docs/api.md. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { HttpError } from './errors.js';
import type { HealthSource, MetricsSource, Queries } from './queries.js';
import {
  heatmapSchema, listSchema, overviewSchema, parseQuery, requestIdSchema, serviceNameSchema, serviceSchema, toListQuery, toRange,
} from './query-schemas.js';

export interface ApiSources {
  /** null: the agent runs without a store. */
  queries: Queries | null;
  health: HealthSource;
  metrics: MetricsSource;
  now: () => number;
}

export function apiRoutes(server: FastifyInstance, { queries, health, metrics, now }: ApiSources): void {
  const stored = (): Queries => {
    if (queries === null) throw new HttpError('no_store');
    return queries;
  };

  server.addHook('onRequest', async (request, reply: FastifyReply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });

  server.get('/api/overview', async (request) => {
    const query = parseQuery(overviewSchema, request.query);
    return stored().overview(toRange(query, now()), query.filter);
  });

  server.get('/api/requests', async (request) => stored().requests(toListQuery(parseQuery(listSchema, request.query), now())));

  server.get('/api/heatmap', async (request) => {
    const query = parseQuery(heatmapSchema, request.query);
    return stored().heatmap(toRange(query, now()), query.filter, query.columns);
  });

  server.get('/api/requests/:id', async (request) => {
    const { id } = parseQuery(requestIdSchema, request.params);
    const detail = await stored().request(id);
    if (detail === null) throw new HttpError('request_not_found');
    return detail;
  });

  server.get('/api/services/:name', async (request) => {
    const { name } = parseQuery(serviceNameSchema, request.params);
    return stored().service(name, toRange(parseQuery(serviceSchema, request.query), now()));
  });

  server.get('/api/fields', async () => stored().fields());

  server.get('/api/agent', async () => health());

  server.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
  });
}
