/** DNS over UDP and TCP (RFC 1035, 6891, 7766). */
import type { Protocol } from '../protocol.js';
import { DnsConnection } from './connection.js';
import { detect } from './detect.js';

export const dns: Protocol = {
  name: 'dns',
  transports: ['datagram', 'stream'],
  detect,
  create: (context, transport) => new DnsConnection(context, transport === 'stream'),
};
