/** The flight recorder, looked at and controlled. The only call of the API that changes anything. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpError } from './errors.js';
import type { ProfilingControl } from './queries.js';
import { parseQuery, profilingSchema } from './query-schemas.js';
import { requireSameOrigin } from './same-origin.js';

export function profilingRoutes(server: FastifyInstance, profiling: ProfilingControl | null): void {
  const control = (): ProfilingControl => {
    if (profiling === null) throw new HttpError('profiling_off');
    return profiling;
  };
  // Before the body is read.
  const changing = { onRequest: async (request: FastifyRequest): Promise<void> => requireSameOrigin(request), bodyLimit: 4_096 };

  server.get('/api/profiling', async () => control().state());

  server.post('/api/profiling', changing, async (request) => control().change(parseQuery(profilingSchema, request.body)));
}
