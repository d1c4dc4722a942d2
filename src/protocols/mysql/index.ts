/** The protocol of MySQL and MariaDB, version 10 of the handshake, without compression and TLS. */
import type { Protocol } from '../protocol.js';
import { NO } from '../protocol.js';
import { detect } from './detect.js';
import { MysqlParser } from './parser.js';

export const mysql: Protocol = {
  name: 'mysql',
  transports: ['stream'],
  detect: (buf, start, end, transport) => (transport === 'stream' ? detect(buf, start, end) : NO),
  create: (context, transport, joined) => new MysqlParser(context, joined),
};
