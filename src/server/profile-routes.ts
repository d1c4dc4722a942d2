import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROFILE_FORMATS, type ProfileFormat, type ProfileFormatName } from '../export/profile-formats.js';
import type { Profile } from './api.js';
import { HttpError } from './errors.js';
import type { ProfileSource, ProfilingControl } from './queries.js';
import { causesSchema, parseQuery, profilesSchema, requestIdSchema, toRange } from './query-schemas.js';

/** What every thread did during a request, and the requests for which that is known. */
export interface ProfileRoutesOptions {
  profiles: ProfileSource | null;
  profiling: ProfilingControl | null;
  /** The built page of one profile, to put its data into; null where it is not built. */
  template: string | null;
  now: () => number;
}

export function profileRoutes(server: FastifyInstance, { profiles, profiling, template, now }: ProfileRoutesOptions): void {
  const source = (): ProfileSource => {
    if (profiles === null) throw new HttpError('profiling_off');
    return profiles;
  };
  // Kept ones are shown while the recorder is off; what is missing is missing for that reason then.
  const isOff = (): boolean => profiling !== null && !profiling.state().on;

  const profileOf = async (request: FastifyRequest): Promise<Profile> => {
    const { id } = parseQuery(requestIdSchema, request.params);
    const profile = await source().get(id);
    if (profile === null) throw new HttpError(isOff() ? 'profiling_off' : 'profile_not_found');
    return profile;
  };
  /** Always to be saved, never to be opened here: an HTML file with scripts in it has no business in this origin. */
  const file = (name: ProfileFormatName) => async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const format: ProfileFormat = PROFILE_FORMATS[name];
    const profile = await profileOf(request);
    const content = await format.write(profile, template);
    if (content === null) throw new HttpError('page_not_built');
    return reply.type(format.mediaType).header('content-disposition', `attachment; filename="kindling-${profile.requestId}.${format.suffix}"`).send(content);
  };

  /** As it is kept: a profile is some MB when it is unpacked, and the page asks for it again while names are looked up. */
  const passedOn = async (request: FastifyRequest, reply: FastifyReply): Promise<Profile | FastifyReply> => {
    const kept = source();
    reply.header('vary', 'accept-encoding');
    if (kept.packed === undefined || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return profileOf(request);
    const packed = await kept.packed(parseQuery(requestIdSchema, request.params).id);
    if (packed === null) return profileOf(request);
    return reply.header('content-encoding', 'gzip').type('application/json; charset=utf-8').send(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength));
  };

  server.get('/api/requests/:id/profile', passedOn);
  server.get('/api/requests/:id/profile.html', file('html'));
  server.get('/api/requests/:id/profile.perfetto.json', file('perfetto'));
  server.get('/api/requests/:id/profile.speedscope.json', file('speedscope'));
  server.get('/api/requests/:id/profile.pb.gz', file('pprof'));

  server.get('/api/profiles', async (request) => {
    const list = await source().list(parseQuery(profilesSchema, request.query).limit);
    if (list.length === 0 && isOff()) throw new HttpError('profiling_off');
    return list;
  });

  server.get('/api/causes', async (request) => {
    const range = toRange(parseQuery(causesSchema, request.query), now());
    if (profiles?.causes === undefined) throw new HttpError('profiling_off');
    return profiles.causes(range);
  });
}
