import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.js';
import type { ProfileSource, ProfilingControl } from './queries.js';
import { parseQuery, profilesSchema, requestIdSchema } from './query-schemas.js';

/** What every thread did during a request, and the requests for which that is known. */
export function profileRoutes(server: FastifyInstance, profiles: ProfileSource | null, profiling: ProfilingControl | null): void {
  const source = (): ProfileSource => {
    if (profiles === null) throw new HttpError('profiling_off');
    return profiles;
  };
  // Kept ones are shown while the recorder is off; what is missing is missing for that reason then.
  const isOff = (): boolean => profiling !== null && !profiling.state().on;

  server.get('/api/requests/:id/profile', async (request) => {
    const { id } = parseQuery(requestIdSchema, request.params);
    const profile = await source().get(id);
    if (profile === null) throw new HttpError(isOff() ? 'profiling_off' : 'profile_not_found');
    return profile;
  });

  server.get('/api/profiles', async (request) => {
    const list = await source().list(parseQuery(profilesSchema, request.query).limit);
    if (list.length === 0 && isOff()) throw new HttpError('profiling_off');
    return list;
  });
}
