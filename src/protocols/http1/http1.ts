/** HTTP/1.0 and 1.1 (RFC 9110, RFC 9112). */
import type { Protocol } from '../protocol.js';
import { Http1Connection } from './connection.js';
import { detect } from './detect.js';

export const http1: Protocol = {
  name: 'http',
  transports: ['stream'],
  detect,
  create: (context, _transport, joined) => new Http1Connection(context, joined),
};
