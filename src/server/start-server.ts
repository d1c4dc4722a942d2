/** HTTP: the API, live updates, metrics and the page. */
import { STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify';
import { guardHost, guardToken } from './access.js';
import { apiRoutes } from './api-routes.js';
import { KindlingError } from '../errors/index.js';
import { HttpError, toApiError } from './errors.js';
import { harRoutes } from './har-routes.js';
import { liveRoute } from './live-route.js';
import { isLoopbackAddress } from './loopback.js';
import { readPageFiles } from './page-files.js';
import { pageRoutes } from './page-routes.js';
import { profileRoutes } from './profile-routes.js';
import { profilingRoutes } from './profiling-routes.js';
import type { HarSource, HealthSource, LiveSource, MetricsSource, ProfileSource, ProfilingControl, Queries } from './queries.js';
import { SECURITY_HEADERS } from './security-headers.js';

export const DEFAULT_ADDRESS = '127.0.0.1';
export const DEFAULT_PORT = 9500;

export interface ServerOptions {
  address?: string;
  /** 0 takes a free one. */
  port?: number;
  /** Required unless the address is a loopback one; then optional. */
  token?: string | null;
  /** null: no store is in use; the API says so. */
  queries: Queries | null;
  har?: HarSource | null;
  /** null or absent: the agent does not profile. */
  profiles?: ProfileSource | null;
  /** null or absent: the flight recorder cannot be controlled here. */
  profiling?: ProfilingControl | null;
  live: LiveSource;
  health: HealthSource;
  metrics: MetricsSource;
  /** Folder of the built page. */
  pageDirectory: string;
  log: FastifyBaseLogger;
  /** Wall clock, Unix ms. */
  now?: () => number;
}

export interface RunningServer {
  address: string;
  port: number;
  /** What to open in a browser, with the token when there is one. */
  url: string;
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const address = options.address ?? DEFAULT_ADDRESS;
  const port = options.port ?? DEFAULT_PORT;
  const token = options.token || null;
  if (token === null && !isLoopbackAddress(address)) {
    throw new KindlingError('TOKEN_REQUIRED', { address });
  }
  const server = build(options, address, token);
  await listen(server, address, port);
  const bound = server.addresses()[0] as AddressInfo;
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    address: bound.address,
    port: bound.port,
    url: `http://${host}:${bound.port}/${token === null ? '' : `?token=${encodeURIComponent(token)}`}`,
    close: () => server.close(),
  };
}

function build(options: ServerOptions, address: string, token: string | null): FastifyInstance {
  const now = options.now ?? Date.now;
  const server: FastifyInstance = fastify({
    loggerInstance: options.log, logController: new LogController({ disableRequestLogging: true }), forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 }, bodyLimit: 1_024, requestTimeout: 30_000,
    // Before any hook has run: an address that is no valid encoding.
    frameworkErrors: (error, _request, reply) => {
      const { status, body } = toApiError(error);
      void (reply as FastifyReply).code(status).headers(SECURITY_HEADERS).send(body);
    },
    clientErrorHandler: refuse,
  });
  server.addHook('onRequest', async (_request, reply) => { reply.headers(SECURITY_HEADERS); });
  // A proxy in front of a loopback address sends its own Host: then the token guards.
  if (token !== null) guardToken(server, token);
  else guardHost(server);
  server.setErrorHandler((error, request, reply) => {
    const { status, body } = toApiError(error);
    if (status >= 500 && body.code === 'internal') request.log.error({ err: error, url: request.url.split('?', 1)[0] }, 'request failed');
    return reply.code(status).send(body);
  });
  server.setNotFoundHandler((request) => {
    throw new HttpError(request.method === 'GET' || request.method === 'HEAD' ? 'not_found' : 'method_not_allowed');
  });
  const files = readPageFiles(options.pageDirectory);
  apiRoutes(server, { queries: options.queries, health: options.health, metrics: options.metrics, now });
  harRoutes(server, options.har ?? null, now);
  profileRoutes(server, { profiles: options.profiles ?? null, profiling: options.profiling ?? null, template: files.get('/profile-file.html')?.body.toString('utf8') ?? null, now });
  profilingRoutes(server, options.profiling ?? null);
  liveRoute(server, options.live);
  pageRoutes(server, files);
  return server;
}

/** What is no HTTP, or too much of it: nothing else of the server has seen it. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(toApiError(new HttpError('bad_query', 'This is no request that can be read.')).body);
  const headers = { ...SECURITY_HEADERS, 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`);
}

async function listen(server: FastifyInstance, address: string, port: number): Promise<void> {
  try {
    await server.listen({ host: address, port });
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === 'EADDRINUSE') {
      throw new KindlingError('ADDRESS_IN_USE', { address: `${address}:${port}`, owner: '' }, { cause });
    }
    throw new KindlingError('ADDRESS_UNAVAILABLE', { address: `${address}:${port}`, reason: cause.message }, { cause });
  }
}
