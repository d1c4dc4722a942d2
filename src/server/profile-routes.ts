import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.js';
import type { ProfileSource } from './queries.js';
import { parseQuery, profilesSchema, requestIdSchema } from './query-schemas.js';

/** What every thread did during a request, and the requests for which that is known. */
export function profileRoutes(server: FastifyInstance, profiles: ProfileSource | null): void {
  const source = (): ProfileSource => {
    if (profiles === null) throw new HttpError('profiling_off');
    return profiles;
  };

  server.get('/api/requests/:id/profile', async (request) => {
    const { id } = parseQuery(requestIdSchema, request.params);
    const profile = await source().get(id);
    if (profile === null) throw new HttpError('profile_not_found');
    return profile;
  });

  server.get('/api/profiles', async (request) => source().list(parseQuery(profilesSchema, request.query).limit));
}
